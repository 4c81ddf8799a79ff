"""What changed in a curriculum since a copy of it was taken home, session by session.

A copy is known by its edition (``PackEdition``), which says what files it has. Words are compared
between published versions. What not everybody may have today is not named, also where the copy
names it.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum

from courses.files import closed_documents
from courses.packs.manifest import taught_by
from hub.models import KnowledgePage
from hub.versions.comparison import passages_of
from hub.versions.diff import Kind, PassageChange, passage_changes
from hub.versions.numbering import as_published

SESSION = "sessions:"  # how names of passages that are sessions begin
HANDOUTS = "public_handouts"  # compared by their files instead


class ChangeType(StrEnum):
    """What became of a handout since the copy."""

    NEW = "new"
    REPLACED = "replaced"  # the same handout, another file
    MOVED = "moved"  # to another session, or to another name
    GONE = "gone"


@dataclass(frozen=True)
class FileChange:
    """One handout: ``now`` and ``before`` are its rows in the manifests, either may be None."""

    fate: ChangeType
    before: dict | None
    now: dict | None

    @property
    def title(self) -> str:
        return (self.now or self.before)["title"]

    @property
    def size(self) -> int | None:
        return self.now and self.now["bytes"]


@dataclass
class Part:
    """A session, or with ``number`` None and no title the course as a whole."""

    number: int | None = None  # its place now
    title: str = ""
    kind: Kind = Kind.SAME
    was: int | None = None  # its place in the copy, where that is another
    passages: list[PassageChange] = field(default_factory=list)
    files: list[FileChange] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        return bool(self.passages or self.files or self.was or self.kind != Kind.SAME)


@dataclass(frozen=True)
class TaughtChange:
    """A Model or lesson the course teaches: ``page`` as anybody may read it now."""

    fate: ChangeType
    page: KnowledgePage
    before: int | None
    now: int | None

    @property
    def address(self) -> str:
        """What changed in it, where it has versions of both."""
        if self.fate == ChangeType.REPLACED and self.before and self.now:
            return f"{self.page.url}v/{self.before}/to/{self.now}/"
        return self.page.url


@dataclass(frozen=True)
class Since:
    """Everything that is told of a copy."""

    course: Part
    sessions: list[Part]
    taught: list[TaughtChange]
    withdrawn: list[dict]
    closed: int  # files that are no longer handed out to everybody, and are not named
    knows_files: bool

    @property
    def is_empty(self) -> bool:
        return not (
            self.course.is_changed or any(part.is_changed for part in self.sessions)
            or self.taught or self.withdrawn or self.closed
        )

    @property
    def steady(self) -> int:
        """How many sessions are as they were."""
        return sum(not part.is_changed for part in self.sessions)


def edition_of(page, number, code, user_may_facilitate):
    """The edition of version ``number`` that an address names by ``code``, else the earliest one:
    what is told then is rather too much than too little. None where no pack of it was made."""
    editions = page.pack_editions.filter(version=number)
    if not user_may_facilitate:
        editions = editions.filter(for_facilitators=False)
    named = editions.filter(digest__startswith=code).first() if code else None
    own = editions.filter(for_facilitators=user_may_facilitate)
    return named or own.first() or editions.first()


def manifest_in(files) -> dict:
    """The manifest among the ``files`` (``PackFile``) of a pack, which stands first."""
    with files[0].open() as file:
        return json.load(file)


def since(page, before, edition, files, user_may_facilitate) -> Since:
    """What changed in ``page`` since its version ``before``, of which ``edition`` was the copy.

    ``files`` (``PackFile``) are those of the pack now.
    """
    manifest = manifest_in(files)
    old = edition.manifest if edition else None
    changes = _passages(page, before)
    course, sessions = _parts(manifest, old, changes)
    closed = 0
    had = _handouts(old or manifest)
    named = _may_be_named(had, user_may_facilitate)
    for change in file_changes(had, _handouts(manifest)):
        if change.fate == ChangeType.GONE and change.before not in named:
            closed += 1
            continue
        key = _key_of(change.now, manifest) if change.now else _key_of(change.before, old)
        sessions.get(key, course).files.append(change)
    return Since(
        course=course, sessions=list(sessions.values()), taught=_taught(page, manifest, old),
        withdrawn=[w for w in manifest["withdrawn"] if not old or w not in old["withdrawn"]],
        closed=closed, knows_files=old is not None,
    )


def _passages(page, before) -> list[PassageChange]:
    """The passages that changed since the version ``before``; none where it is the newest.

    A session is the same by its key alone: two that are alike are still two.
    """
    now = page.current_version
    if before.number == now.number:
        return []
    old, new = (
        [p for p in passages_of(as_published(version, page)) if p.name != HANDOUTS]
        for version in (before, now)
    )
    changes = passage_changes(*([p for p in side if not _is_session(p)] for side in (old, new)))
    sides = [{p.name: [p] for p in side if _is_session(p)} for side in (old, new)]
    for name in sides[1] | sides[0]:
        changes += passage_changes(*(side.get(name, []) for side in sides))
    return [change for change in changes if change.kind != Kind.SAME or change.moved]


def _is_session(passage) -> bool:
    return passage.name.startswith(SESSION)


def _parts(manifest, old, changes) -> tuple[Part, dict[str, Part]]:
    """The course as a whole, and its sessions by key: those of now in order, then those gone."""
    places = {row["key"]: row["number"] for row in _sessions(old or manifest)}
    course = Part()
    sessions = {
        row["key"]: Part(number=row["number"], title=row["title"],
                         was=_other(places.get(row["key"]), row["number"]))
        for row in _sessions(manifest)
    }
    for change in changes:
        if not _is_session(change):
            course.passages.append(change)
            continue
        key = change.name.removeprefix(SESSION)
        if change.kind == Kind.REMOVED:
            sessions[key] = Part(title="".join(c.text for c in change.heading), kind=Kind.REMOVED)
        part = sessions.get(key, course)
        part.passages.append(change)
        part.kind = change.kind
    return course, sessions


def _other(was, number) -> int | None:
    return was if was != number else None


def _sessions(manifest) -> list[dict]:
    return manifest["curriculum"]["sessions"]


# Files


def file_changes(old, new) -> list[FileChange]:
    """Which handouts came, changed or went between two lists of rows of manifests.

    The same handout is known by its document, then by what the file holds, then by its path.
    """
    left, found, pairs = list(old), [], {}
    for same in (
        lambda a, b: a["document"] is not None and a["document"] == b["document"],
        lambda a, b: a["sha256"] == b["sha256"],
        lambda a, b: a["path"] == b["path"],
    ):
        for place, row in enumerate(new):
            other = place not in pairs and next((o for o in left if same(o, row)), None)
            if other:
                pairs[place] = other
                left.remove(other)
    for place, row in enumerate(new):
        other = pairs.get(place)
        if other is None:
            found.append(FileChange(ChangeType.NEW, None, row))
        elif other["sha256"] != row["sha256"]:
            found.append(FileChange(ChangeType.REPLACED, other, row))
        elif other["path"] != row["path"]:
            found.append(FileChange(ChangeType.MOVED, other, row))
    return found + [FileChange(ChangeType.GONE, row, None) for row in left]


def _handouts(manifest) -> list[dict]:
    return [row for row in manifest["files"] if row["kind"] == "handout"]


def _may_be_named(rows, user_may_facilitate) -> list[dict]:
    """Of ``rows`` of a copy's manifest those whose files everybody may still know of."""
    if user_may_facilitate:
        return rows
    closed = closed_documents([row["document"] for row in rows if row["document"]])
    return [row for row in rows
            if not row["facilitator_only"] and row["document"] not in closed]


def _key_of(row, manifest) -> str | None:
    """The key of the session that a handout's row names by its number."""
    return next((session["key"] for session in _sessions(manifest)
                 if session["number"] == row["session"]), None)


def to_fetch(files, edition) -> list:
    """Of ``files`` (``PackFile``) of the pack now those that ``edition`` has not, or has
    otherwise; the manifest alone is no change when it is the copy's own."""
    have = {(row["path"], row["sha256"]) for row in edition.manifest["files"]}
    fetched = [file for file in files if (file.path, file.sha256) not in have]
    is_manifest_alone = len(fetched) == 1 and edition.digest == files[0].sha256
    return [] if is_manifest_alone else fetched


def to_delete(files, edition, user_may_facilitate) -> list[str]:
    """Paths that the copy has and the pack has no more, but for what may not be named."""
    paths = {file.path for file in files} | {"manifest.json"}
    gone = [row for row in edition.manifest["files"] if row["path"] not in paths]
    return [row["path"] for row in _may_be_named(gone, user_may_facilitate)]


# What it teaches


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
