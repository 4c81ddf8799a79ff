"""Policy issues: problems that need more than one community to solve."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.blocks import ItemsBlock


class IssuePage(KnowledgePage):
    """A problem with its evidence, the people affected, and Models towards a solution."""

    stage = Stage.ISSUE
    suggests_lessons = True
    page_description = _("A problem no single community can solve, with its evidence.")
    chain = {
        Relation.RESTS_ON: {Stage.MODEL, Stage.LESSON, Stage.PRACTICE, Stage.STUDY_TOUR},
        Relation.CITED_BY: {Stage.RESOLUTION, Stage.DRAFT},
        Relation.FOLLOWED_UP_BY: {Stage.RESOLUTION, Stage.DRAFT},
    }
    section_fields = ["problem", "evidence_text", "stakeholders", "proposals"]

    problem = models.TextField(_("problem"))
    evidence_text = models.TextField(_("evidence"))
    stakeholders = StreamField(ItemsBlock(), verbose_name=_("whom it touches"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)
    status_text = models.CharField(_("where it stands"), max_length=255, blank=True)

    content_panels = (
        KnowledgePage.content_panels
        + [
            FieldPanel("problem"),
            FieldPanel("evidence_text"),
            FieldPanel("stakeholders"),
            FieldPanel("proposals"),
            FieldPanel("status_text"),
            FieldPanel("body"),
        ]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["hub.SectionPage"]
    subpage_types = []

    class Meta:
        verbose_name = _("policy issue")
        verbose_name_plural = _("policy issues")
