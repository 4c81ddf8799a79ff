"""Erasing a person leaves nothing of them: in no table, file, index or queue.

Which tables can hold a person is asked from the model registry: those with a reference to a user,
an e-mail or IP address, or a text named like what is said of a person. Each is filled with rows of
one person, then the person is erased, and everything that the hub stores is read. A model that is
new is filled and read like the others.
"""

import json
import re
import uuid
import zipfile
from datetime import time, timedelta
from itertools import count
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import ModelLogEntry, Page

from hub.email.content import Unreadable, hash_of, packed, unpacked
from hub.models import HomePage, QueuedEmail, SectionPage
from members import account
from policy.models import Wording
from search.index import indexer
from search.query.find import find
from tests.members.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NAME, USERNAME, PHONE = "กานดา คะนารี", "kanda-canary", "089-777-4242"
ADDRESS, SECOND_ADDRESS = "kanda.canary@example.org", "second.canary@example.net"
IP, USER_AGENT, FILE = "203.0.113.77", "CanaryBrowser/7", "canary-file"
CANARIES = (NAME, USERNAME, PHONE, ADDRESS, SECOND_ADDRESS, IP, USER_AGENT, FILE)
FORMS = {form for c in CANARIES for form in (c.lower(), json.dumps(c)[1:-1].lower())}

# A text that says who somebody is. What is told in two languages, as name_th, is no person's name.
OF_A_PERSON = re.compile(
    r"(^|_)(name|names|username|holder|author|reporter|owner|by|contact|e?mail|phone|telephone|mobile|"
    r"address|ip|user_agent|born|birthday)$"
)
TEXTS = (models.CharField, models.TextField)

# Fields that match and hold no person, or a person who is not erased with an account.
THINGS = "the name of a thing, not of a person"
BYLINE = "who made a published page, typed by editors into the page, its versions and its citations"
EXCEPT = {
    "auth.Permission.name": THINGS, "auth.Group.name": THINGS, "wagtailcore.Site.site_name": THINGS,
    "wagtailcore.Collection.name": THINGS, "wagtailcore.Task.name": THINGS,
    "wagtailcore.Workflow.name": THINGS, "taggit.Tag.name": THINGS,
    "demonstration.LoadedPage.name": THINGS, "search.GlossaryTerm.names": THINGS,
    "wagtailembeds.Embed.author_name": "of a video on another site, as that site says it",
    "wagtailembeds.Embed.provider_name": THINGS,
    "django_tasks_database.DBTaskResult.queue_name": THINGS,
    "django_tasks_database.DBTaskResult.backend_name": THINGS,
    "courses.Checksum.file_name": THINGS, "policy.ResolutionSheet.file_name": THINGS,
    "usersessions.UserSession.ip": "none is kept, whoever saves the row",
    "usersessions.UserSession.user_agent": "kept as two words, browser and system",
    "auth.User.last_name": "the hub keeps the whole name in the first",
    "hub.Contributor.name": BYLINE, "hub.ChainLink.author": BYLINE,
    "lessons.LessonPage.validated_by": BYLINE,
    "models_lib.ModelPage.contact": BYLINE,
    "courses.CourseRun.contact": "whom participants ask, as the published course run says",
}
# JSON of rows that name a user, and what it holds.
KEPT_JSON = {
    "wagtailcore.Revision.content": "the page as it was; real ones are written with every page",
    "wagtailcore.ModelLogEntry.data": "what changed in a thing; that of the account is filled",
    "wagtailcore.PageLogEntry.data": "what changed in a page",
    "courses.Certificate.texts": "what the course taught",
    "policy.ResolutionSheet.resolutions": "resolutions of an assembly",
}
# What a model asks for that its fields do not say.
VALUES = {"wagtailcore.WorkflowState.status": "approved"}
# Of these relations a row has exactly one.
ALTERNATIVES = {
    "policy.Withdrawal": ["report", "verification"],
    # Once it is gone, nothing says whose certificate it was but the printed code.
    "courses.Certificate": ["enrolment", "enrolment"],
}
# Files that stay, under the name that their uploader gave them.
KEPT_FILES = {
    "hub.HubDocument.file": "a work that others use", "hub.HubImage.file": "a work that others use",
    "wagtaildocs.Document.file": "a work that others use",
    "wagtailimages.Image.file": "a work that others use",
    "hub.HubRendition.file": "made of a picture",
    "wagtailimages.Rendition.file": "made of a picture",
    "courses.GroupFile.file": "sent to a group, which keeps it until the run's details are erased",
    "policy.ClauseReport.file": "evidence on which a status of the ledger rests",
    "policy.Verification.file": "evidence on which a status of the ledger rests",
}


def models_of_persons() -> dict:
    """{model: names of its fields that can hold a person} of all installed apps."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        fields = [f for f in model._meta.local_fields if holds_a_person(f)]
        if fields:
            found[model] = fields
    return found


def holds_a_person(field) -> bool:
    if label_of(field) in EXCEPT:
        return False
    return (
        field.related_model is get_user_model()
        or isinstance(field, (models.EmailField, models.GenericIPAddressField))
        or (isinstance(field, models.FileField) and label_of(field) not in KEPT_FILES)
        or (isinstance(field, TEXTS) and not field.choices
            and OF_A_PERSON.search(field.name) is not None)
    )


def label_of(field) -> str:
    return f"{field.model._meta.label}.{field.name}"


class Filler:
    """Writes rows of any model, with ``user`` wherever a row can point at or name a person.

    Two of each: one with everything that may be empty, in the person's first address, and one
    without, in their second; there an address is all that says whose it is.
    """

    def __init__(self, user, homes):
        self.user, self.homes, self.number = user, homes, count(1)
        self.parents = {}  # {(model, is_full): a row that others point at}
        self.building = []
        self.reference = {m for m in apps.get_models() if m._base_manager.exists()}

    def fill(self, model) -> None:
        one_each = any(
            f.one_to_one and f.related_model is get_user_model() for f in model._meta.fields
        )
        for is_full in (True,) if one_each else (True, False):
            if (model, is_full) not in self.parents:
                self.row(model, is_full)

    def row(self, model, is_full):
        self.building.append(model)
        try:
            instance = self.write(model, is_full)
        finally:
            self.building.pop()
        self.parents.setdefault((model, is_full), instance)
        return instance

    def write(self, model, is_full):
        values = {
            field.name: self.value(field, is_full) for field in model._meta.concrete_fields
            if not self.is_left_out(field, is_full)
        }
        with transaction.atomic():
            if issubclass(model, Page):
                page = self.parent_page(model, is_full).add_child(instance=model(
                    title="หน้า", slug=f"page-{next(self.number)}", **values))
                page.save_revision(user=self.user, log_action=True)
                return page
            if hasattr(model, "add_root"):
                return model.get_first_root_node().add_child(instance=model(**values))
            instance = model(**values)
            instance.save(force_insert=True)
            return instance

    def home(self, is_full):
        home = self.homes[0 if is_full else 1]
        home.refresh_from_db()  # treebeard counts its children in the database
        return home

    def parent_page(self, model, is_full):
        allowed = model.allowed_parent_page_models()
        if not allowed or {HomePage, SectionPage} & set(allowed):
            return self.home(is_full)
        page = self.parents.get((allowed[0], is_full)) or self.row(allowed[0], is_full)
        page.refresh_from_db()
        return page

    def is_left_out(self, field, is_full) -> bool:
        if field.primary_key and not isinstance(field, (models.UUIDField, models.CharField)):
            return True
        if field.generated or getattr(field.remote_field, "parent_link", False):
            return True
        if field.model is Page:
            return field.related_model is not get_user_model()
        if field.name in ("path", "depth", "numchild") and hasattr(field.model, "add_root"):
            return True
        alternatives = ALTERNATIVES.get(field.model._meta.label, [])
        if field.name in alternatives:
            return field.name != alternatives[0 if is_full else 1]
        if field.null and field.related_model in self.building:
            return True
        if field.null and not is_full:
            by_address = any(isinstance(f, models.EmailField) for f in field.model._meta.fields)
            return by_address or field.related_model is not get_user_model()
        return False

    def value(self, field, is_full):
        number = next(self.number)
        if label_of(field) in VALUES:
            return VALUES[label_of(field)]
        if field.related_model is get_user_model():
            return self.user
        if field.related_model is ContentType:
            return ContentType.objects.get_for_model(type(self.homes[0]))
        if field.is_relation:
            return self.related(field, is_full)
        if isinstance(field, models.EmailField):
            return ADDRESS if is_full else SECOND_ADDRESS
        if isinstance(field, models.GenericIPAddressField):
            return IP
        if isinstance(field, models.FileField):
            name = "kept" if label_of(field) in KEPT_FILES else FILE
            return get_test_image_file(f"{name}-{number}.png")
        if hasattr(field, "stream_block"):
            return []
        if isinstance(field, models.JSONField) and says_what_a_person_typed(field):
            return {"of": NAME, "at": [ADDRESS, PHONE]}
        if isinstance(field, TEXTS) and not field.choices:
            return self.text(field, number)
        if field.has_default():
            return field.get_default()
        if field.choices:
            return field.flatchoices[0 if is_full else -1][0]
        return self.plain(field, number)

    def text(self, field, number):
        if OF_A_PERSON.search(field.name) and label_of(field) not in EXCEPT:
            said = {"phone": PHONE, "username": USERNAME, "user_agent": USER_AGENT}
            return said.get(field.name, NAME)
        if field.has_default() and not field.unique:
            return field.get_default()
        if field.name.startswith("object_id"):
            return str(self.homes[0].pk)
        if field.name == "action":
            return "wagtail.edit"
        if "language" in field.name:
            return "th"
        return f"x{number}"[: field.max_length]

    def plain(self, field, number):
        now = timezone.now()
        for kind, value in (
            (models.DateTimeField, now), (models.DateField, now.date()),
            (models.TimeField, time(9)), (models.DurationField, timedelta(1)),
            (models.UUIDField, uuid.uuid4()), (models.JSONField, {}),
            (models.BooleanField, False), (models.BinaryField, b"x"),
            (models.IntegerField, number), (models.FloatField, 1.0), (models.DecimalField, 1),
        ):
            if isinstance(field, kind):
                return value
        return field.clean("1", None)

    def related(self, field, is_full):
        """A row that exists, or a new one where each row needs its own."""
        model = field.related_model
        if model is Page:
            return self.home(is_full).page_ptr
        row = self.parents.get((model, is_full))
        taken = field.one_to_one and field.model._base_manager.filter(**{field.name: row}).exists()
        if row and not taken:
            return row
        if model in self.reference:
            return model._base_manager.order_by("pk" if is_full else "-pk").first()
        return self.row(model, is_full and model not in self.building)


def says_what_a_person_typed(field) -> bool:
    """Whether a JSON field stands beside a person; that of a page is what the public reads."""
    beside = field.model._meta.concrete_fields
    return label_of(field) not in KEPT_JSON and not issubclass(field.model, Page) and any(
        f.related_model is get_user_model() or isinstance(f, models.EmailField) for f in beside
    )


def is_filled(field, user) -> bool:
    """Whether a row says or points at ``user`` in this ``field``."""
    rows = field.model._base_manager.all()
    if field.related_model is get_user_model():
        return rows.filter(**{field.name: user}).exists()
    return any(map(says, rows.values_list(field.name, flat=True)))


@pytest.fixture
def person(hub):
    user = get_user_model().objects.create_user(
        USERNAME, ADDRESS, PASSWORD, first_name=NAME
    )
    for address in (ADDRESS, SECOND_ADDRESS):
        EmailAddress.objects.create(
            user=user, email=address, primary=address == ADDRESS, verified=True
        )
    return user


def test_nothing_of_a_person_is_left(
    person, hub, english_home, tmp_path, django_capture_on_commit_callbacks
):
    holders = models_of_persons()
    filler = Filler(person, [hub, english_home])
    for model, fields in holders.items():
        if not all(is_filled(field, person) for field in fields):
            filler.fill(model)
    filler.fill(Wording)  # without one, no paragraph can be indexed
    fill_what_tells_of_anybody(person)
    empty = [label_of(f) for fields in holders.values() for f in fields if not is_filled(f, person)]
    assert not empty, f"{empty}: filled with nothing of the person, so nothing is shown"
    assert {table for table, *_ in left_in_tables()} > {"auth_user", "django_session"}
    assert any(left_in_files(tmp_path))
    with django_capture_on_commit_callbacks(execute=True):
        account.erase(person)
    left = [*left_in_tables(), *left_in_index(), *left_in_files(tmp_path)]
    assert not left, "\n".join(map(str, left))


def test_exceptions_are_fields_that_exist():
    fields = {
        label_of(field) for model in apps.get_models() for field in model._meta.local_fields
    }
    assert not (EXCEPT.keys() | KEPT_FILES.keys() | KEPT_JSON.keys() | VALUES.keys()) - fields


def fill_what_tells_of_anybody(person) -> None:
    """Rows that point at nobody: an e-mail that waits, a session, a task, the log of the user."""
    for address in (ADDRESS, SECOND_ADDRESS):
        message = EmailMessage("เรื่อง", f"ถึง {NAME}", "hub@example.org", [address])
        QueuedEmail.objects.create(
            address_hash=hash_of(address), content=packed(message, address, {})
        )
    client = Client(HTTP_USER_AGENT=USER_AGENT, REMOTE_ADDR=IP)
    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 302
    for values in (
        {"args_kwargs": {"args": [ADDRESS], "kwargs": {}}},
        {"args_kwargs": {"args": [], "kwargs": {"to": SECOND_ADDRESS.upper()}}},
        {"args_kwargs": {"args": [{"name": NAME}], "kwargs": {}}},
        {"traceback": f"IntegrityError: Key (username)=({USERNAME}) already exists."},
    ):
        DBTaskResult.objects.create(**{
            "task_path": "x.y", "queue_name": "default", "backend_name": "default",
            "run_after": timezone.now(), "exception_class_path": "",
            "args_kwargs": {"args": [], "kwargs": {}},
        } | values)
    ModelLogEntry.objects.log_action(person, "wagtail.edit", user=person, data={"email": ADDRESS})


def left_in_tables():
    """(table, column, value) that says a canary, of all rows of all tables in the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column.name if hasattr(column, "name") else column[0]
                       for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, name, str(value)[:100])
                            for name, value in zip(columns, row, strict=True) if says(value))
    for session in Session.objects.all():
        if says(session.get_decoded()):
            yield ("django_session", "session_data", session.get_decoded())
    for email in QueuedEmail.objects.exclude(content=""):
        try:
            message = unpacked(email.content)
        except Unreadable:
            continue
        if says([message.to, message.subject, message.body]):
            yield ("hub_queuedemail", "content", message.body)


def left_in_files(folder):
    """Paths of files below ``folder`` whose name or content says a canary, in archives too."""
    for path in Path(folder).rglob("*"):
        if says(path.name) or (path.is_file() and says(path.read_bytes())):
            yield path
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from (f"{path}:{name}" for name in archive.namelist()
                            if says(name) or says(archive.read(name)))


def left_in_index():
    """What a new index says of a person; its files are read with all others."""
    indexer.rebuild()
    for canary in CANARIES:
        yield from ((canary, entry.page) for entry in find(canary).entries
                    if says([entry.page.title, entry.passages]))


def says(value) -> bool:
    """Whether ``value`` has a canary in it, in any case, also as JSON escapes it."""
    if isinstance(value, (bytes, memoryview)):
        value = bytes(value).decode(errors="ignore")
    text = str(value).lower()
    return any(form in text for form in FORMS)
