"""What changed in a curriculum since a copy of it was downloaded, session by session.

A copy is identified by its edition (``PackEdition``), which lists its files. Texts are compared
between published versions. Files that are not for everybody now are not named, even where the copy
names them.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum

from courses.packs.manifest import taught_by
from hub.access.readers import Reader
from hub.models import HubDocument, KnowledgePage
from hub.versions.comparison import passages_of
from hub.versions.diff import Kind, PassageChange, passage_changes
from hub.versions.numbering import as_published

SESSION_PREFIX = "sessions:"  # of the names of passages that are sessions
HANDOUTS = "public_handouts"  # compared by their files instead


class ChangeType(StrEnum):
    """How a handout changed since the copy."""

    NEW = "new"
    REPLACED = "replaced"  # the same handout, another file
    MOVED = "moved"  # to another session, or to another name
    GONE = "gone"


@dataclass(frozen=True)
class FileChange:
    """A changed handout: ``before`` and ``now`` are its rows in the manifests, or None."""

    change_type: ChangeType
    before: dict | None
    now: dict | None

    @property
    def title(self) -> str:
        return (self.now or self.before)["title"]

    @property
    def size(self) -> int | None:
        return self.now and self.now["bytes"]


@dataclass
class PartChange:
    """Changes of a session, or of the course as a whole (``number`` None and no title)."""

    number: int | None = None  # its place now
    title: str = ""
    kind: Kind = Kind.SAME
    previous_number: int | None = None  # its place in the copy, if different
    passages: list[PassageChange] = field(default_factory=list)
    files: list[FileChange] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        return bool(self.passages or self.files or self.previous_number or self.kind != Kind.SAME)


@dataclass(frozen=True)
class TaughtChange:
    """A changed Model or lesson that the course teaches; ``page`` is its current public page."""

    change_type: ChangeType
    page: KnowledgePage
    before: int | None
    now: int | None

    @property
    def address(self) -> str:
        """The address of the comparison if both versions are known, else of the page."""
        if self.change_type == ChangeType.REPLACED and self.before and self.now:
            return f"{self.page.url}v/{self.before}/to/{self.now}/"
        return self.page.url


@dataclass(frozen=True)
class ChangesSinceCopy:
    """All changes since a copy."""

    course: PartChange
    sessions: list[PartChange]
    taught: list[TaughtChange]
    withdrawn: list[dict]
    closed_count: int  # files that are no longer for everybody; they are not named
    has_file_list: bool  # whether the files of the copy are known

    @property
    def is_empty(self) -> bool:
        return not (
            self.course.is_changed or any(part.is_changed for part in self.sessions)
            or self.taught or self.withdrawn or self.closed_count
        )

    @property
    def unchanged_count(self) -> int:
        """How many sessions are unchanged."""
        return sum(not part.is_changed for part in self.sessions)


def edition_of(page, number, code, user_may_facilitate):
    """The edition of version ``number`` with ``code``, else the earliest one of that version, since
    too many changes are better than too few. None if no pack of it was ever built."""
    editions = page.pack_editions.filter(version=number)
    if not user_may_facilitate:
        editions = editions.filter(for_facilitators=False)
    named = editions.filter(digest__startswith=code).first() if code else None
    own = editions.filter(for_facilitators=user_may_facilitate)
    return named or own.first() or editions.first()


def manifest_in(files) -> dict:
    """The manifest of a pack: the first of its ``files`` (``PackFile``)."""
    with files[0].open() as file:
        return json.load(file)


def changes_since(page, before, edition, files, user_may_facilitate) -> ChangesSinceCopy:
    """What changed in ``page`` since its version ``before``, which the copy ``edition`` is of.

    ``files`` (``PackFile``) are those of the current pack; ``edition`` may be None.
    """
    manifest = manifest_in(files)
    old = edition.manifest if edition else None
    changes = _passage_changes(page, before)
    course, sessions = _parts(manifest, old, changes)
    closed_count = 0
    old_handouts = _handouts(old or manifest)
    nameable = _nameable(page, old_handouts, user_may_facilitate)
    for change in file_changes(old_handouts, _handouts(manifest)):
        if change.change_type == ChangeType.GONE and change.before not in nameable:
            closed_count += 1
            continue
        key = _key_of(change.now, manifest) if change.now else _key_of(change.before, old)
        sessions.get(key, course).files.append(change)
    return ChangesSinceCopy(
        course=course, sessions=list(sessions.values()), taught=_taught(page, manifest, old),
        withdrawn=[w for w in manifest["withdrawn"] if not old or w not in old["withdrawn"]],
        closed_count=closed_count, has_file_list=old is not None,
    )


def _passage_changes(page, before) -> list[PassageChange]:
    """The passages that changed since the version ``before``; none if it is the newest.

    Sessions are matched by key only, not by similarity.
    """
    now = page.current_version
    if before.number == now.number:
        return []
    old, new = (_passages(as_published(version, page)) for version in (before, now))
    changes = passage_changes(*([p for p in side if not _is_session(p)] for side in (old, new)))
    sides = [{p.name: [p] for p in side if _is_session(p)} for side in (old, new)]
    for name in sides[1] | sides[0]:
        changes += passage_changes(*(side.get(name, []) for side in sides))
    return [change for change in changes if change.kind != Kind.SAME or change.moved]


def _passages(shown):
    """The passages of a version, without the handouts."""
    shown.compared = [name for name in shown.compared if name != HANDOUTS]
    return passages_of(shown)


def _is_session(passage) -> bool:
    return passage.name.startswith(SESSION_PREFIX)


def _parts(manifest, old, changes) -> tuple[PartChange, dict[str, PartChange]]:
    """The course as a whole, and sessions by key: current ones in order, then removed ones."""
    places = {row["key"]: row["number"] for row in _sessions(old or manifest)}
    course = PartChange()
    sessions = {
        row["key"]: PartChange(number=row["number"], title=row["title"],
                               previous_number=_if_different(places.get(row["key"]), row["number"]))
        for row in _sessions(manifest)
    }
    for change in changes:
        if not _is_session(change):
            course.passages.append(change)
            continue
        key = change.name.removeprefix(SESSION_PREFIX)
        if change.kind == Kind.REMOVED:
            title = "".join(piece.text for piece in change.heading)
            sessions[key] = PartChange(title=title, kind=Kind.REMOVED)
        part = sessions.get(key, course)
        part.passages.append(change)
        part.kind = change.kind
    return course, sessions


def _if_different(previous, number) -> int | None:
    return previous if previous != number else None


def _sessions(manifest) -> list[dict]:
    return manifest["curriculum"]["sessions"]


# Files


def file_changes(old, new) -> list[FileChange]:
    """Handouts that were added, changed or removed between two lists of rows of manifests.

    Rows are matched by document, then by content, then by path.
    """
    unmatched, found, pairs = list(old), [], {}
    for same in (
        lambda a, b: a["document"] is not None and a["document"] == b["document"],
        lambda a, b: a["sha256"] == b["sha256"],
        lambda a, b: a["path"] == b["path"],
    ):
        for place, row in enumerate(new):
            other = place not in pairs and next((o for o in unmatched if same(o, row)), None)
            if other:
                pairs[place] = other
                unmatched.remove(other)
    for place, row in enumerate(new):
        other = pairs.get(place)
        if other is None:
            found.append(FileChange(ChangeType.NEW, None, row))
        elif other["sha256"] != row["sha256"]:
            found.append(FileChange(ChangeType.REPLACED, other, row))
        elif other["path"] != row["path"]:
            found.append(FileChange(ChangeType.MOVED, other, row))
    return found + [FileChange(ChangeType.GONE, row, None) for row in unmatched]


def _handouts(manifest) -> list[dict]:
    return [row for row in manifest["files"] if row["kind"] == "handout"]


def _nameable(page, rows, user_may_facilitate) -> list[dict]:
    """Those ``rows`` of a copy's manifest whose files may be named to all who get the pack."""
    reader = Reader.of_page(page, facilitator=user_may_facilitate)
    named = {row["document"] for row in rows} - {None}
    kept = HubDocument.objects.select_related("collection").in_bulk(named)
    refused = kept.keys() - {document.pk for document in reader.having(kept.values())}
    return [row for row in rows if row["document"] not in refused
            and (user_may_facilitate or not row["facilitator_only"])]


def _key_of(row, manifest) -> str | None:
    """The key of the session whose number is in the row of a handout."""
    return next((session["key"] for session in _sessions(manifest)
                 if session["number"] == row["session"]), None)


def outdated_files(files, edition) -> list:
    """Those of the current ``files`` (``PackFile``) that ``edition`` lacks or has with other
    content; empty if that is only the manifest and it is the copy's own."""
    existing = {(row["path"], row["sha256"]) for row in edition.manifest["files"]}
    changed = [file for file in files if (file.path, file.sha256) not in existing]
    is_manifest_alone = len(changed) == 1 and edition.digest == files[0].sha256
    return [] if is_manifest_alone else changed


def obsolete_paths(page, files, edition, user_may_facilitate) -> list[str]:
    """Paths of the copy that the current pack no longer has, as far as they may be named."""
    paths = {file.path for file in files} | {"manifest.json"}
    obsolete = [row for row in edition.manifest["files"] if row["path"] not in paths]
    return [row["path"] for row in _nameable(page, obsolete, user_may_facilitate)]


# Models and lessons


def _taught(page, manifest, old) -> list[TaughtChange]:
    if not old:
        return []
    before = {row["page"]: row["version"] for row in old["teaches"]}
    now = {taught.pk: taught for taught in taught_by(page)}
    versions = {row["page"]: row["version"] for row in manifest["teaches"]}
    found = []
    for pk, taught in now.items():
        if pk not in before:
            found.append(TaughtChange(ChangeType.NEW, taught, None, versions.get(pk)))
        elif versions.get(pk) != before[pk]:
            found.append(TaughtChange(ChangeType.REPLACED, taught, before[pk], versions.get(pk)))
    for taught in KnowledgePage.objects.open_to_all().filter(pk__in=before.keys() - now.keys()):
        found.append(TaughtChange(ChangeType.GONE, taught, before[taught.pk], None))
    return found
