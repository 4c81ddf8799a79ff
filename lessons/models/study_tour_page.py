"""Reports of study tours."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.blocks import ItemsBlock


class StudyTourPage(KnowledgePage):
    """A visit to learn from others: questions, observations, and what to adapt at home."""

    stage = Stage.STUDY_TOUR
    year_from = ["started"]
    page_description = _("What a delegation went to see and what it brought home.")
    chain = {
        Relation.EXTRACTED_INTO: {Stage.LESSON, Stage.MODEL},
        Relation.SUPPORTS: {Stage.LESSON, Stage.MODEL, Stage.ISSUE},
        Relation.FOLLOWS_UP: {Stage.STUDY_TOUR},
    }
    section_fields = ["delegation", "questions", "to_adapt", "follow_up"]

    started = models.DateField(_("from"))
    ended = models.DateField(_("to"))
    place = models.CharField(_("place"), max_length=255)
    hosts = models.TextField(_("hosts"))
    delegation = models.TextField(_("delegation"))
    questions = StreamField(ItemsBlock(), verbose_name=_("questions taken along"), blank=True)
    to_adapt = StreamField(ItemsBlock(), verbose_name=_("what to adapt at home"), blank=True)
    follow_up = models.TextField(_("follow-up a year later"), blank=True)
    follow_up_on = models.DateField(_("date of the follow-up"), null=True, blank=True)

    content_panels = (
        KnowledgePage.content_panels
        + [
            MultiFieldPanel([FieldPanel("started"), FieldPanel("ended")], heading=_("When")),
            FieldPanel("place"),
            FieldPanel("hosts"),
            FieldPanel("delegation"),
            FieldPanel("questions"),
            FieldPanel("body", heading=_("What was seen")),
            FieldPanel("to_adapt"),
            MultiFieldPanel(
                [FieldPanel("follow_up"), FieldPanel("follow_up_on")],
                heading=_("Follow-up a year later"),
            ),
        ]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["hub.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("study tour")
        verbose_name_plural = _("study tours")

    def clean(self):
        super().clean()
        if self.started and self.ended and self.ended < self.started:
            raise ValidationError({"ended": _("The end lies before the start.")})
