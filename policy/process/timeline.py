"""The timeline of an assembly: past, current and next stages, and what readers can do now."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from policy.models import AgendaItem, AssemblyPage, ProcessStage
from policy.models.assembly import find_process_pages
from policy.models.draft import find_originals

Kind = ProcessStage.Kind


@dataclass(frozen=True)
class Step:
    """One stage as of a day. ``state`` is past, now, next or later."""

    stage: ProcessStage
    state: str
    action: str = ""  # label of what a reader can do now
    url: str = ""  # of that action

    @property
    def label(self) -> str:
        return self.stage.get_kind_display()


@dataclass(frozen=True)
class Timeline:
    """The stages of an assembly in the order of their dates, as of ``today``."""

    assembly: AssemblyPage
    steps: list[Step]
    today: date

    @property
    def now(self) -> list[Step]:
        return [step for step in self.steps if step.state == "now"]

    @property
    def next(self) -> list[Step]:
        return [step for step in self.steps if step.state == "next"]


def timeline_of(assembly, draft=None, today=None) -> Timeline | None:
    """The timeline of ``assembly``; actions lead to ``draft`` when one is given.

    None when the assembly has no stages.
    """
    today = today or timezone.localdate()
    stages = assembly.stages
    if not stages:
        return None
    next_start = min((stage.starts for stage in stages if stage.starts > today), default=None)
    steps = []
    for stage in stages:
        if stage.includes(today):
            steps.append(Step(stage, "now", *_action(stage, assembly, draft)))
        elif stage.starts > today:
            steps.append(Step(stage, "next" if stage.starts == next_start else "later"))
        else:
            steps.append(Step(stage, "past"))
    return Timeline(assembly, steps, today)


def timelines_of_issue(issue, today=None) -> list[Timeline]:
    """The timelines of the assemblies that have ``issue`` on their agenda, newest first."""
    versions = issue.get_translations(inclusive=True).values("pk")
    assemblies = (
        AssemblyPage.objects.filter(locale=issue.locale)
        .filter(Q(agenda__issue__in=versions) | Q(chain_links__target__in=versions))
        .open_to_all().order_by("-held_on", "-pk").distinct()
    )
    assemblies = list(assemblies.prefetch_related("process"))
    for assembly in assemblies:
        assembly.locale = issue.locale
    find_process_pages(assemblies)
    items = AgendaItem.objects.filter(page__in=assemblies, issue__in=versions, draft__isnull=False)
    drafts = {}  # id of an assembly → its readable draft on the issue, the oldest
    for item in items.select_related("draft__locale").order_by("draft_id") if assemblies else []:
        if item.draft.is_readable:
            drafts.setdefault(item.page_id, item.draft)
    find_originals(drafts.values())
    found = []
    for assembly in assemblies:
        draft = drafts.get(assembly.pk)
        if timeline := timeline_of(assembly, draft, today):
            found.append(timeline)
    return found


def _action(stage, assembly, draft) -> tuple[str, str]:
    """Label and address of what a reader can do in ``stage``; both empty when nothing."""
    url = assembly.url or ""
    if stage.kind == Kind.AGENDA_CALL:
        return _("Propose an agenda item"), f"{url}propose/"
    if stage.kind == Kind.PROPOSAL:
        return _("Read what was proposed"), f"{url}proposals/"
    if stage.kind == Kind.HEARINGS:
        return _("See where and when the hearings are"), f"{url}#hearing_list"
    if stage.kind == Kind.AMENDMENTS:
        if draft:
            return _("Read each paragraph and propose better words"), (
                f"{draft.original.url}#paragraphs")
        return _("Read the drafts and propose better words"), f"{url}#drafts"
    if stage.kind == Kind.ADOPTION and draft:
        return _("See what was decided on each proposal"), f"{draft.original.url}register/"
    if stage.kind in (Kind.CLAUSES, Kind.FOLLOW_UP) and assembly.resolutions:
        return _("See what became of each clause"), f"{url}#resolutions"
    return "", ""
