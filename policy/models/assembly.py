"""Health assemblies and other gatherings that turn Models into policy."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Orderable, Page

from hub.access.readers import Reader, anybody
from hub.chain.relations import Relation, Stage
from hub.models import KnowledgePage
from hub.pages.sections import Section, heading_anchor
from policy.models.draft import DraftResolutionPage, find_originals
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
        drafts = list(
            DraftResolutionPage.objects.child_of(self).open_to_all().order_by("path")
            .select_related("locale").annotate(
                is_adopted=Exists(ResolutionPage.objects.filter(draft=OuterRef("pk")))
            )
        )
        for draft in drafts:
            draft.assembly = self
        find_originals(drafts)
        return drafts

    @cached_property
    def process_page(self):
        """The page whose process is shown: the one in the default language, else this one."""
        find_process_pages([self])
        return self.__dict__["process_page"]

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
        hearings = self.process_page.hearings.select_related("minutes__collection")
        return sorted(hearings, key=lambda h: (h.date, h.starts_at or time.min, h.pk or 0))

    @cached_property
    def _named_pages(self) -> dict[int, Page]:
        """The drafts and resolutions that the agenda and the hearings name, by id."""
        named = {pk for item in self.agenda.all() for pk in (item.draft_id, item.resolution_id)}
        named |= {hearing.draft_id for hearing in self.hearing_list}
        found = {page.pk: page for page in [*self.drafts, *self.resolutions]}
        elsewhere = named - found.keys() - {None}
        return found | (Page.objects.in_bulk(elsewhere) if elsewhere else {})

    def _readable_draft(self, pk) -> Page | None:
        page = self._named_pages.get(pk)
        return page if page and anybody().may_read(page) else None

    def agenda_with_issues(self) -> list["AgendaItem"]:
        """The items in order, each with what is shown of its issue."""
        shown = ("title", "slug", "path", "depth", "url_path", "live", "expire_at", "locale")
        return list(self.agenda.select_related("issue").only(
            "page", "sort_order", "number", "title", "draft", "resolution",
            *(f"issue__{name}" for name in shown),
        ))

    @cached_property
    def agenda_items(self) -> list["AgendaItem"]:
        """The agenda, each item with ``readable_issue``, the issue behind it when anybody may
        read it, and ``outcome``, the resolution or else the draft that it leads to."""
        items, reader = list(self.agenda.all()), anybody()
        for item in items:
            resolution = self._named_pages.get(item.resolution_id)
            item.readable_issue = (
                item.issue if item.issue_id and reader.may_read(item.issue) else None
            )
            item.outcome = (
                resolution if resolution and resolution.live
                else self._readable_draft(item.draft_id)
            )
        return items

    def readable_draft_of(self, hearing) -> Page | None:
        """The draft that ``hearing`` is about, when anybody may read it."""
        return self._readable_draft(hearing.draft_id)

    def hearings_for(self, reader) -> list:
        """The hearings, each with ``readable_draft`` and ``open_minutes``, the minutes if
        ``reader`` may have them."""
        minutes = [hearing.minutes for hearing in self.hearing_list if hearing.minutes]
        had = {document.pk for document in reader.having(minutes)}
        for hearing in self.hearing_list:
            hearing.readable_draft = self.readable_draft_of(hearing)
            hearing.open_minutes = hearing.minutes if hearing.minutes_id in had else None
        return self.hearing_list

    def get_context(self, request, *args, **kwargs):
        if not self.agenda.is_deferring:  # read once: this page is shown, not saved
            self.agenda.set(self.agenda_with_issues())
        context = super().get_context(request, *args, **kwargs)
        return context | {"hearings": self.hearings_for(Reader.of(request))}

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


def find_process_pages(assemblies) -> None:
    """Set ``process_page`` of each of ``assemblies``, in few queries for all."""
    others = [a for a in assemblies if a.locale.language_code != settings.LANGUAGE_CODE]
    found = AssemblyPage.objects.open_to_all().filter(
        locale__language_code=settings.LANGUAGE_CODE,
        translation_key__in=[page.translation_key for page in others],
    ).select_related("locale").prefetch_related("process") if others else []
    originals = {page.translation_key: page for page in found if page.process.all()}
    for page in assemblies:
        is_other = page.locale.language_code != settings.LANGUAGE_CODE
        page.process_page = originals.get(page.translation_key, page) if is_other else page
