"""Health assemblies and other gatherings that turn Models into policy."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Orderable

from hub.chain import Relation, Stage
from hub.models import KnowledgePage
from hub.sections import Section, heading_anchor


class AssemblyPage(KnowledgePage):
    """One assembly: number, date, place, agenda and the resolutions it adopted."""

    stage = Stage.ASSEMBLY
    asks_lessons = True
    lists_after = [("resolutions", _("Resolutions, and what became of them"))]
    page_description = _("One meeting of a health assembly; its resolutions go below it.")
    chain = {
        Relation.FOLLOWS_UP: {Stage.ASSEMBLY},
        Relation.RESTS_ON: {Stage.ISSUE, Stage.MODEL},
    }

    number = models.PositiveSmallIntegerField(_("number"))
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=255)
    participants = models.PositiveIntegerField(_("participants"), null=True, blank=True)

    content_panels = (
        KnowledgePage.content_panels
        + [
            MultiFieldPanel(
                [FieldPanel("number"), FieldPanel("held_on"), FieldPanel("place"),
                 FieldPanel("participants")],
                heading=_("The assembly"),
            ),
            InlinePanel("agenda", heading=_("Agenda"), label=_("agenda item")),
            FieldPanel("body"),
        ]
        + KnowledgePage.filing_panels
    )
    parent_page_types = ["hub.SectionPage"]
    subpage_types = ["policy.ResolutionPage"]

    class Meta:
        verbose_name = _("assembly")
        verbose_name_plural = _("assemblies")

    @property
    def year(self):
        return self.held_on.year if self.held_on else super().year

    @cached_property
    def resolutions(self):
        """Live public resolutions in the order of their numbers, each with ``followed``: its
        clauses with their status as of today."""
        from policy.cells import follow
        from policy.models.resolution import Clause, ResolutionPage

        pages = list(ResolutionPage.objects.child_of(self).live().public().order_by("path"))
        clauses = follow(list(
            Clause.objects.filter(page__in=pages).select_related("page")
            .order_by("sort_order", "pk")
        ))
        for page in pages:
            page.followed = [clause for clause in clauses if clause.page_id == page.pk]
        return pages

    def sections(self):
        agenda = "\n".join(str(item) for item in self.agenda.all())
        first = [Section(heading_anchor("agenda"), str(_("Agenda")), agenda)] if agenda else []
        return first + super().sections()


class AgendaItem(Orderable):
    """One item of an agenda and, when it led to one, the resolution."""

    page = ParentalKey(AssemblyPage, on_delete=models.CASCADE, related_name="agenda")
    number = models.CharField(_("number"), max_length=20)
    title = models.CharField(_("title"), max_length=255)
    resolution = models.ForeignKey(
        "policy.ResolutionPage", on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("resolution"),
    )

    panels = [
        FieldPanel("number"),
        FieldPanel("title"),
        PageChooserPanel("resolution", page_type="policy.ResolutionPage"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("agenda item")

    def __str__(self):
        return f"{self.number} {self.title}"
