"""Health assemblies and other gatherings that turn Models into policy."""

from datetime import time

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Orderable

from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.sections import Section, heading_anchor
from policy.models.draft import DraftResolutionPage
from policy.models.issue import IssuePage
from policy.models.resolution import ResolutionPage


class AssemblyPage(KnowledgePage):
    """One assembly: number, date, place, agenda and the resolutions it adopted."""

    stage = Stage.ASSEMBLY
    year_from = ["held_on"]
    suggests_lessons = True
    lists_after = [
        ("hearing_list", _("Hearings")),
        ("drafts", _("Draft resolutions")),
        ("resolutions", _("Resolutions, and what became of them")),
    ]
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
            InlinePanel("process", heading=_("Process"), label=_("stage of the process"),
                        help_text=_("A translation shows the dates of the page in Thai.")),
            InlinePanel("hearings", heading=_("Hearings"), label=_("hearing")),
            InlinePanel("agenda", heading=_("Agenda"), label=_("agenda item")),
            FieldPanel("body"),
        ]
        + KnowledgePage.filing_panels
    )
    read_by_index = ["agenda", "hearings__minutes__collection"]
    parent_page_types = ["hub.SectionPage"]
    subpage_types = ["policy.DraftResolutionPage", "policy.ResolutionPage"]

    class Meta:
        verbose_name = _("assembly")
        verbose_name_plural = _("assemblies")

    @cached_property
    def resolutions(self):
        """Live public resolutions below this assembly, in the order of the editor's tree."""
        return list(ResolutionPage.objects.child_of(self).open_to_all().order_by("path"))

    @cached_property
    def drafts(self):
        """Live public drafts below this assembly, in the order of the editor's tree."""
        return DraftResolutionPage.objects.child_of(self).open_to_all().order_by("path")

    @cached_property
    def process_page(self):
        """The page whose process is shown: the one in the default language, else this one."""
        if self.locale.language_code == settings.LANGUAGE_CODE:
            return self
        translation = (
            AssemblyPage.objects.translation_of(self).open_to_all()
            .filter(locale__language_code=settings.LANGUAGE_CODE).first()
        )
        return translation if translation and translation.process.exists() else self

    @cached_property
    def stages(self):
        """The stages of the process in the order of their dates."""
        stages = self.process_page.process.all()
        return sorted(stages, key=lambda stage: (stage.starts, stage.pk or 0))

    @property
    def has_proposals(self) -> bool:
        """Whether there are proposals for the agenda that anybody may read."""
        return self.process_page.proposals.answered().exists()

    @cached_property
    def hearing_list(self):
        """The hearings in the order of their dates."""
        hearings = self.process_page.hearings.all()
        return sorted(hearings, key=lambda h: (h.date, h.starts_at or time.min, h.pk or 0))

    def documents_shown(self):
        minutes = [h.minutes for h in self.hearings.all() if h.minutes_id and not h.draft_id]
        return super().documents_shown() + minutes

    def sections(self):
        agenda = "\n".join(str(item) for item in self.agenda.all())
        first = [Section(heading_anchor("agenda"), str(_("Agenda")), agenda)] if agenda else []
        return first + super().sections()


class AgendaItem(Orderable):
    """One item of an agenda: the issue behind it, its draft, and the resolution it led to."""

    page = ParentalKey(AssemblyPage, on_delete=models.CASCADE, related_name="agenda")
    number = models.CharField(_("number"), max_length=20)
    title = models.CharField(_("title"), max_length=255)
    resolution = models.ForeignKey(
        "policy.ResolutionPage", on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("resolution"),
    )
    issue = models.ForeignKey(
        "policy.IssuePage", on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("policy issue"),
    )
    draft = models.ForeignKey(
        "policy.DraftResolutionPage", on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("draft resolution"),
    )

    panels = [
        FieldPanel("number"),
        FieldPanel("title"),
        PageChooserPanel("issue", page_type="policy.IssuePage"),
        PageChooserPanel("draft", page_type="policy.DraftResolutionPage"),
        PageChooserPanel("resolution", page_type="policy.ResolutionPage"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("agenda item")

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def readable_issue(self) -> IssuePage | None:
        """The issue behind the item, when anybody may read it."""
        return IssuePage.objects.open_to_all().filter(pk=self.issue_id).first()
