"""Checks of a curriculum before publishing: what is required, and what is recommended.

The page is checked as it is given, with rows that are not saved yet, so that the editor and the
publishing actions use the same list.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from hub.chain.relations import Relation
from hub.files.document_text import text_status_of
from hub.formatting import minutes as in_words
from hub.models import ChainLink, KnowledgePage, PublishedVersion


@dataclass(frozen=True)
class ChecklistItem:
    """One check: its label and the problems found; none when it is done."""

    label: str
    problems: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def is_done(self) -> bool:
        return not self.problems


def checklist_of(page) -> list[ChecklistItem]:
    """All checks of ``page``, the required ones first."""
    return [check(page) for check in REQUIRED + RECOMMENDED]


def unmet_requirements(page) -> list[ChecklistItem]:
    """The required checks that ``page`` does not pass."""
    return [item for item in (check(page) for check in REQUIRED) if not item.is_done]


def _missing(value, message) -> tuple[str, ...]:
    return () if value else (message,)


def _item(label, problems, is_required=False) -> ChecklistItem:
    return ChecklistItem(label, tuple(problems), is_required)


# Required


def _summary(page):
    return _item(_("Summary"), _missing(page.summary.strip(), _("Say in two or three sentences "
                 "what it teaches and for whom.")), True)


def _audience(page):
    return _item(_("For whom"), _missing(page.audience.strip(), _("Say for whom it is.")), True)


def _aims(page):
    return _item(_("Aims"), _missing(len(page.aims), _("Name at least one aim.")), True)


def _sessions(page):
    return _item(_("Sessions"), _missing(
        len(page.sessions.all()), _("Add at least one session.")), True)


def _licences(page):
    message = _("“%(file)s” has no licence. Ask its author, then choose one.")
    return _item(_("Licences"), [
        message % {"file": handout} for handout in page.handouts.all() if not handout.has_licence
    ], True)


# Recommended


def _competences(page):
    return _item(_("Competences"), _missing(
        len(page.competences), _("Say what people can do afterwards.")))


def _prerequisites(page):
    return _item(_("Prerequisites"), _missing(
        page.prerequisites.strip(), _("Say what people need before, or that nothing is needed.")))


def _plans(page):
    return _item(_("Plan by the minute"), [
        problem for number, session in enumerate(page.sessions.all(), 1)
        if (problem := time_problem(number, session))
    ])


def time_problem(number, session) -> str:
    """The problem with the minutes of a session's steps; "" when they fill the session."""
    values = {"number": number, "title": session.title, "minutes": in_words(session.minutes),
              "planned": in_words(session.planned_minutes)}
    if not session.planned_minutes:
        return _("Session %(number)s, “%(title)s”, has no plan yet.") % values
    over = session.planned_minutes - session.minutes
    values["over"] = in_words(abs(over))
    if over > 0:
        return _("Session %(number)s, “%(title)s”: the steps take %(planned)s, %(over)s more than "
                 "its %(minutes)s.") % values
    if over < 0:
        return _("Session %(number)s, “%(title)s”: the steps take %(planned)s, %(over)s less than "
                 "its %(minutes)s.") % values
    return ""


def _handouts(page):
    numbers = page.session_numbers
    missing = _missing(len(page.handouts.all()), _("Add the files that are handed out."))
    return _item(_("Handouts"), [*missing, *(
        _("“%(file)s” belonged to a session that was deleted. Choose one for it.")
        % {"file": handout} for handout in page.handouts.all()
        if handout.session_key and handout.session_key not in numbers
    )])


def _text_of_files(page):
    rows = list(page.handouts.all())
    prefetch_related_objects(rows, "document")
    handouts = {h.document_id: h for h in rows}
    problems = []
    for pk, status in text_status_of(handouts).items():
        values = {"file": handouts[pk], "problem": status.problem,
                  "sample": status.sample[:80]}
        if status.is_waiting:
            problems.append(_("“%(file)s” is still being read. Look again in a minute.") % values)
        elif status.problem and status.sample:
            problems.append(_("“%(file)s”: %(problem)s. It reads: %(sample)s") % values)
        elif status.problem:
            problems.append(_("“%(file)s”: %(problem)s.") % values)
    return _item(_("Text in the files"), problems)


def _closed_elsewhere(page):
    message = _("“%(file)s” is or was for facilitators only. Participants do not get it. Upload it "
                "anew if it is meant for all.")
    return _item(_("Files for everybody"), [
        message % {"file": handout} for handout in page.handouts_closed_elsewhere()
    ])


def _assessment(page):
    return _item(_("Assessment"), _missing(
        page.assessment.strip(), _("Say how people notice that they have learned it.")))


def _taught(page):
    links = [link for link in page.chain_links.all() if link.relation == Relation.TEACHES]
    if not links and not _is_linked_by_translation(page):
        return _item(_("What it teaches"), [_("Link a Model or a lesson in the chain.")])
    message = _("Say which version of “%(title)s” it was written from.")
    targets = KnowledgePage.objects.in_bulk({link.target_id for link in links})
    having_versions = set(
        PublishedVersion.objects.filter(page__in=targets).values_list("page", flat=True))
    return _item(_("What it teaches"), [
        message % {"title": targets[link.target_id]} for link in links
        if link.version is None and link.target_id in having_versions
    ])


def _is_linked_by_translation(page) -> bool:
    """Whether a translation, which shares its chain, links what it teaches."""
    return ChainLink.objects.filter(
        page__translation_key=page.translation_key, relation=Relation.TEACHES
    ).exists()


def _contributors(page):
    return _item(_("Contributors"), _missing(
        len(page.contributors.all()), _("Name who wrote it.")))


def _other_language(page):
    has_translation = page.pk and page.get_translations().exists()
    return _item(_("In the other language"), _missing(
        has_translation, _("It is written in one language only.")))


def _what_changed(page):
    version, note = page.current_version, page.changes.strip()
    if not version or not page.has_unpublished_changes or (note and note != version.note):
        return _item(_("What changed"), ())
    return _item(_("What changed"), [
        _("Say what is different from version %(number)s.") % {"number": version.number}])


REQUIRED: list[Callable] = [_summary, _audience, _aims, _sessions, _licences]
RECOMMENDED: list[Callable] = [
    _competences, _prerequisites, _plans, _handouts, _text_of_files, _closed_elsewhere, _taught,
    _assessment, _contributors, _other_language, _what_changed,
]
