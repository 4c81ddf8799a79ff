"""Practices: how communities do something."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from hub.chain.relations import Relation, Stage
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
