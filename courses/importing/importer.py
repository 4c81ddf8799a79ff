"""Makes documents and a draft curriculum of files that were found, and says what became of each."""

import re
from dataclasses import asdict, dataclass, field

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection
from wagtail.permissions import policy_registry
from wagtail.utils.file import hash_filelike

from courses.files import closed_documents
from courses.importing.sources import FileRejected, FoundFile
from courses.models import CourseSession, CurriculumPage, Handout
from courses.models.handout import NOT_STATED
from hub.files.names import safe_filename
from hub.models import HubDocument
from hub.pages.forms import available_slug
from hub.thai.slugs import slugify_thai

NUMBERED = re.compile(
    r"\s*(?:ช่วงที่|ครั้งที่|บทที่|วันที่|หน่วยที่|session|day|unit|part)?\s*(\d{1,3})(?!\d)[\s.\-_):–]*(.*)",
    re.IGNORECASE | re.DOTALL,
)
FOR_FACILITATORS = re.compile("วิทยากร|ผู้สอน|เฉลย|facilitator|trainer|teacher|answer", re.IGNORECASE)


@dataclass
class Row:
    """What became of one file. ``outcome``: taken, same (already there), refused or left_out."""

    path: str
    outcome: str
    said: list = field(default_factory=list)
    document: int | None = None
    session: str = ""


def title_of(files, otherwise) -> str:
    """A title for the course: the one folder that holds everything, else ``otherwise``."""
    return _root(files) or otherwise


def _root(files) -> str:
    """The folder that all files lie in, "" when there is none or it is a session's itself."""
    tops = {f.folders[:1] for f in files if not f.is_junk}
    if len(tops) != 1 or () in tops or all(len(f.folders) == 1 and NUMBERED.fullmatch(
            f.folders[0]) for f in files if not f.is_junk):
        return ""
    [(root,)] = tops
    return root


@dataclass
class Taking:
    """One import: below ``parent``, by ``user`` (None: a command, which may use any document)."""

    parent: object
    title: str
    licence: str = NOT_STATED
    user: object = None

    def __post_init__(self):
        self.rows, self.handouts, self.sessions = [], [], {}
        self.stored = []  # documents whose files were written

    def take(self, files) -> CurriculumPage | None:
        """The draft, or None when no file could be taken; ``rows`` has what became of each.

        All or nothing: on an error no page, no document and no file is left behind.
        """
        root = _root(files)
        try:
            with transaction.atomic():
                for file in files:
                    self._take_one(file, root)
                if not self.handouts:
                    return None
                return self._draft()
        except BaseException:
            for document in self.stored:
                document.file.storage.delete(document.file.name)
            raise

    def _take_one(self, file: FoundFile, root):
        row = Row(file.path[-500:], "refused")
        self.rows.append(row)
        if file.is_junk:
            row.outcome = "left_out"
            row.said.append(_("A file that a program left there."))
            return
        folders = file.folders[1:] if root else file.folders
        try:
            if file.problem:
                raise FileRejected(file.problem)
            content = file.open()
            try:
                document = self._document(file, content, row)
            finally:
                content.close()
        except FileRejected as error:
            row.said.append(str(error))
            return
        except ValidationError as error:
            row.said += error.messages
            return
        except OSError:
            row.said.append(_("The file could not be read."))
            return
        row.document = document.pk
        self._handout(document, file, folders, row)

    def _document(self, file, content, row) -> HubDocument:
        """The document that has these bytes already and may be used, else a new one."""
        digest = hash_filelike(content)
        content.seek(0)
        same = self._usable().filter(file_hash=digest).order_by("pk").first()
        if same:
            row.outcome = "same"
            row.said.append(_("The same file is in the hub already as “%(title)s”; that one is "
                              "used.") % {"title": same.title})
            return same
        name = safe_filename(file.name)
        document = HubDocument(
            title=name.rpartition(".")[0].replace("_", " ").strip()[:255] or name,
            uploaded_by_user=self.user, collection=self._collection(),
            file=File(content, name=name),
        )
        document.full_clean(exclude=["uploaded_by_user"])
        with transaction.atomic():
            document.save()
        self.stored.append(document)
        row.outcome = "taken"
        return document

    def _usable(self):
        if self.user is None:
            return HubDocument.objects.all()
        policy = policy_registry.get_by_type(HubDocument)
        return policy.instances_user_has_any_permission_for(self.user, ["choose", "change"])

    def _collection(self) -> Collection:
        if self.user is None:
            return Collection.get_first_root_node()
        policy = policy_registry.get_by_type(HubDocument)
        return policy.collections_user_has_permission_for(self.user, "add").first()

    def _handout(self, document, file, folders, row):
        if any(handout.document == document for handout in self.handouts):
            row.outcome = "same"
            row.said.append(_("The same file stands in this course already."))
            return
        session = self._session(folders)
        closed = any(FOR_FACILITATORS.search(part) for part in (*folders, file.name))
        if closed:
            row.said.append(_("By its name it is for facilitators only, and was marked so."))
        elif document.pk in closed_documents([document.pk]):
            closed = True
            row.said.append(_("It is for facilitators only elsewhere, and was marked so."))
        if self.licence == NOT_STATED:
            row.said.append(_("No licence is stated."))
        row.session = session.title if session else ""
        self.handouts.append(Handout(
            document=document, session_key=session.key if session else None,
            licence=NOT_STATED if self.licence == NOT_STATED else "", facilitator_only=closed,
        ))

    def _session(self, folders) -> CourseSession | None:
        """The session of the top folder; none for files outside and for facilitators' folders."""
        if not folders or FOR_FACILITATORS.search(folders[0]):
            return None
        if folders[0] not in self.sessions:
            numbered = NUMBERED.fullmatch(folders[0])
            title = (numbered[2].strip() if numbered else "") or folders[0]
            self.sessions[folders[0]] = CourseSession(title=title.replace("_", " ")[:255])
        return self.sessions[folders[0]]

    def _draft(self) -> CurriculumPage:
        page = CurriculumPage(
            title=self.title, locale=self.parent.locale, live=False, owner=self.user,
        )
        page.slug = available_slug(slugify_thai(self.title) or "course", self.parent, page)
        if self.licence != NOT_STATED:
            page.licence = self.licence
        self.parent.add_child(instance=page)
        in_order = sorted(self.sessions, key=_order_of)
        page.sessions = [self.sessions[folder] for folder in in_order]
        page.handouts = self.handouts
        for rows in (page.sessions.all(), page.handouts.all()):
            for place, row in enumerate(rows):
                row.sort_order = place
        page.save()
        page.save_revision(user=self.user, log_action=True, clean=False)
        return page

    def as_rows(self) -> list[dict]:
        return [asdict(row) for row in self.rows]


def _order_of(folder) -> tuple:
    numbered = NUMBERED.fullmatch(folder)
    return (0, int(numbered[1]), folder) if numbered else (1, 0, folder)
