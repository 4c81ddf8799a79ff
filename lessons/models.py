"""Practices, lessons learned and study-tour reports: where the chain begins."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from hub.blocks import ItemsBlock
from hub.chain import Relation, Stage
from hub.models import KnowledgePage


class PracticePage(KnowledgePage):
    """How people somewhere do something, described so that others can learn from it."""

    stage = Stage.PRACTICE
    page_description = _("What a community does, where and with whom, and what came of it.")
    chain = {
        Relation.EXTRACTED_INTO: {Stage.LESSON, Stage.MODEL},
        Relation.SUPPORTS: {Stage.MODEL, Stage.ISSUE, Stage.CURRICULUM},
        Relation.CITED_BY: {Stage.RESOLUTION},
    }
    section_fields = ["context_text", "outcome"]

    context_text = models.TextField(
        _("where and by whom"), blank=True, help_text=_("The place, the people, the situation.")
    )
    outcome = models.TextField(
        _("what came of it"), blank=True, help_text=_("What changed, and how one can tell.")
    )

    content_panels = (
        KnowledgePage.content_panels
        + [FieldPanel("context_text"), FieldPanel("body"), FieldPanel("outcome")]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["hub.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")


class LessonPage(KnowledgePage):
    """What was learned from one event: expected, happened, why, what to do next time."""

    class LessonType(models.TextChoices):
        LESSON = "lesson", _("Lesson learned")
        CHALLENGE = "challenge", _("Challenge")
        GOOD_PRACTICE = "good_practice", _("Good practice")

    stage = Stage.LESSON
    page_description = _("What was expected, what happened, why, and what to do next time.")
    chain = {
        Relation.RESTS_ON: {Stage.PRACTICE, Stage.STUDY_TOUR},
        Relation.EXTRACTED_FROM: {Stage.PRACTICE, Stage.STUDY_TOUR},
        Relation.EXTRACTED_INTO: {Stage.MODEL},
        Relation.SUPPORTS: {Stage.MODEL, Stage.ISSUE, Stage.CURRICULUM},
        Relation.TAUGHT_BY: {Stage.CURRICULUM},
        Relation.CITED_BY: {Stage.RESOLUTION},
    }
    section_fields = ["event", "expected", "happened", "why", "next_time"]

    lesson_type = models.CharField(
        _("type"), max_length=20, choices=LessonType.choices, default=LessonType.LESSON
    )
    event = models.TextField(_("the event"), help_text=_("What was done, where and when."))
    expected = models.TextField(_("what was expected"))
    happened = models.TextField(_("what happened"))
    why = models.TextField(_("why"))
    next_time = models.TextField(_("what to do next time"))
    validated_by = models.CharField(_("validated by"), max_length=200, blank=True)
    validated_on = models.DateField(_("validated on"), null=True, blank=True)

    content_panels = (
        KnowledgePage.content_panels
        + [
            FieldPanel("lesson_type"),
            FieldPanel("event"),
            FieldPanel("expected"),
            FieldPanel("happened"),
            FieldPanel("why"),
            FieldPanel("next_time"),
            FieldPanel("body"),
            MultiFieldPanel(
                [FieldPanel("validated_by"), FieldPanel("validated_on")], heading=_("Validation")
            ),
        ]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["hub.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")


class StudyTourPage(KnowledgePage):
    """A journey to learn from others: what was asked, seen, and adapted at home."""

    stage = Stage.STUDY_TOUR
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

    @property
    def year(self):
        return self.started.year if self.started else super().year
