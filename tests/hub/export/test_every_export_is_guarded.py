"""No cell of any exported spreadsheet starts a formula.

Exports are discovered, not listed: Wagtail's views that export, and every address of ours that
answers with a table or JSON. Hostile text is written into every field that people can type into.
"""

import ast
import csv
import inspect
import io
import itertools
import json
import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Workflow

from courses.models import CourseRun, DownloadCount, Enrolment, Handout, Meeting
from hub.chain.relations import Relation
from hub.export import tables
from hub.files.cell_text import printable
from hub.models import Withdrawal
from hub.withdrawals import rules
from policy.models import ClauseReport
from search.models import DocumentText, SearchCount
from tests.conftest import make_user
from tests.factories import (
    CurriculumPageFactory,
    LessonPageFactory,
    ModelPageFactory,
    document,
    link,
)
from tests.policy.conftest import (
    make_assembly,
    make_draft,
    make_other_party,
    make_party,
    make_resolution,
)
from tests.policy.deliberation.proposals import amend

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
OURS = ("hub", "lessons", "models_lib", "courses", "policy", "search", "members")
# One of each kind; tests/hub/files/test_cell_text.py has all.
KINDS = ["=1+", "-1+", "\t=", "\r=", "\n=", "＝", "\u200b@"]
# Text fields that the hub itself writes or uses as keys.
KEYS = {
    "path", "url_path", "object_id", "language_code", "action", "current_time_zone", "password",
    "file_hash", "content_hash", "codename", "hostname", "wagtail_reference_index", "token",
}
NOT_TYPED = {"contenttypes", "sessions", "django_tasks_database", "usersessions", "mfa", "account"}


# The tests


def test_addresses_are_found(addresses):
    """The discovery finds at least the exports known today."""
    wagtails, own = addresses
    assert {"/admin/reports/flags/", "/admin/reports/workflow/", "/admin/reports/workflow_tasks/",
            "/admin/reports/site-history/", "/admin/reports/locked/", "/admin/redirects/",
            "/admin/reports/searches/", "/admin/reports/unreadable-files/"} <= set(wagtails)
    assert {"/follow-up/data.csv", "/follow-up/data.json", "/chain/broken/csv/",
            "/lessons-used/csv/", "/accounts/me/data/"} <= set(own)
    assert {path.rsplit("/", 1)[-1] for path in own if "register." in path or "list." in path} == {
        "register.csv", "register.xlsx", "list.csv", "list.xlsx"}


def test_every_module_that_writes_a_table_is_tested(addresses, answered_by):
    assert answered_by == modules_that_write()


def test_no_cell_is_a_formula(addresses, administrator_client):
    wagtails, own = addresses
    exports = [f"{a}?export={f}" for a in wagtails for f in ("csv", "xlsx")] + own
    for kind in KINDS:
        plant(kind)
        silent = set()
        for address in exports:
            answer = administrator_client.get(address)
            assert answer.status_code == 200, address
            shown, raw = CELLS_OF[answer["Content-Type"].partition(";")[0]](answer.getvalue(), kind)
            assert not raw, (kind, address)
            if not shown:
                silent.add(address)
        assert silent == WITHOUT_TYPED_TEXT, kind


def cells_of_csv(content, kind) -> tuple[bool, list]:
    """(whether the planted text is shown, guarded; the cells that are not guarded)."""
    text = content.decode("utf-8")
    assert text.startswith("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(text[1:], newline="")) for cell in row]
    return f"'{kind}" in "".join(cells), [cell for cell in cells if is_raw(cell)]


def cells_of_xlsx(content, kind) -> tuple[bool, list]:
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    texts = [str(cell.value).replace("\r", "\n") for cell in cells]
    raw = [
        cell.value for cell, text in zip(cells, texts, strict=True)
        if cell.data_type == "f" or (is_raw(text) and not cell.quotePrefix)
    ]
    return kind.replace("\r", "\n") in "".join(texts), raw


def cells_of_json(content, kind) -> tuple[bool, list]:
    """JSON has no formulas: its values are unchanged."""
    return kind in texts_in(json.loads(content)), []


CELLS_OF = {
    "text/csv": cells_of_csv, tables.XLSX: cells_of_xlsx, "application/json": cells_of_json,
    "application/ld+json": cells_of_json,
}
WITHOUT_TYPED_TEXT = {"/readyz", "/admin/tag-autocomplete/", "/admin/tag-autocomplete/taggit/tag/"}


def texts_in(value) -> str:
    if isinstance(value, dict):
        return "\0".join(map(texts_in, value.values()))
    return "\0".join(map(texts_in, value)) if isinstance(value, list) else str(value)


def is_raw(cell) -> bool:
    """Whether a program could read the cell as a formula; independent of the hub's own rule."""
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return False  # a number
    first = re.sub(r"^[\s\u200b\ufeff]+", "", cell)[:1]
    return cell[:1] in ("\t", "\r", "\n") or first in tuple("=+-@＝＋－＠")


# Hostile text


def plant(kind) -> None:
    """Write ``kind`` and a number into every field of every model that people can type into."""
    for model in apps.get_models():
        if model._meta.app_label in NOT_TYPED or model is Permission or model._meta.proxy:
            continue
        names = [field.name for field in model._meta.local_fields if is_typed(field)]
        if names:
            text = Concat(Value(kind), Cast("pk", models.CharField()))
            model._base_manager.update(**dict.fromkeys(names, text))
    cache.clear()


def is_typed(field) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField) and not field.choices
        and not isinstance(field, models.SlugField | models.URLField | models.EmailField)
        and not field.primary_key and field.name not in KEYS
        and (field.max_length is None or field.max_length >= 20)
    )


@pytest.fixture(scope="module")
def content(world):
    """Content for every export, and the values that fill in its addresses."""
    user = make_user("somebody", "Moderators", is_superuser=True, is_staff=True)
    party = make_party()
    resolution = make_resolution(party, make_other_party())
    clause = resolution.clauses.get(number="1")
    ClauseReport.objects.create(clause_key=clause.translation_key, party=party, claim="ซ่อมแล้ว",
                                reported_on=date(2024, 3, 1))
    draft = make_draft(make_assembly(world))
    amend(draft, user, "กันเขตห้าไร่")
    lesson, model = LessonPageFactory(owner=user), ModelPageFactory()
    link(lesson, Relation.EXTRACTED_INTO, model)
    rules.withdraw(model, Withdrawal.Kind.WITHDRAWN, "ตัวเลขผิด")
    rules.withdraw(lesson, Withdrawal.Kind.WITHDRAWN, "ตัวเลขผิด")
    open_lesson = LessonPageFactory()
    open_lesson.save_revision(user=user, log_action=True).publish(user=user)
    course = course_with_a_run(user)
    report_rows(user, open_lesson)
    return {
        "user": user, "pages": [draft, course, open_lesson],
        "values": {
            "pk": [CourseRun.objects.get().pk], "kind": ["csv", "xlsx", "json"],
            "assembly": [draft.get_parent().pk], "resolution": [resolution.pk],
            "key": [clause.translation_key],
            "party": [party.slug], "area": ["9011"], "page_id": [lesson.pk], "number": [1],
            "old": [1], "new": [1], "version": [1], "code": ["x"], "token": ["x"],
            "form": ["bibtex"], "file": [1],
            "meeting": [1], "enrolment": [1], "post": [1], "sheet": [1],
            "flag_id": [1], "document_id": [1], "topic": ["health"], "lesson_type": ["process"],
            "label": ["1"], "what": ["results"], "name": ["x"],
            "app_name": ["taggit"], "model_name": ["tag"],
            "result_id": ["6f1c1f0e-8a57-4d0f-9d52-0f0e6f1c1f0e"],
        },
    }


def course_with_a_run(user):
    course = CurriculumPageFactory()
    handout = document("ใบงาน")
    Handout.objects.create(page=course, document=handout)
    course.save_revision().publish()
    DownloadCount.objects.create(
        page=course, day=timezone.localdate(), kind="handout", count=3, version=1,
        document=handout,
    )
    run = CourseRun.objects.create(curriculum=course, title="รุ่นที่ 1", place="ศาลา", seats=2)
    run.facilitators.add(user)
    Meeting.objects.create(run=run, date=timezone.localdate(), starts_at=time(9), ends_at=time(15))
    enrolment = Enrolment(run=run, user=user, state="enrolled", name="สมศรี", phone="081",
                          other_organisation="กลุ่ม", needs="ไม่มี")
    enrolment.record_consent()
    enrolment.save()
    return course


def report_rows(user, page) -> None:
    """A row for each of Wagtail's reports."""
    Workflow.objects.filter(active=True).first().start(page, user)
    Page.objects.filter(pk=page.pk).update(locked=True, locked_by=user, locked_at=timezone.now())
    Redirect.add_redirect("/old", "/new")
    for day in range(2):
        SearchCount.objects.create(
            day=timezone.localdate() - timedelta(days=day), language="th",
            text=f"ปู {day}", searches=5,
        )
    scanned = document("แบบสแกน", "a.txt")
    DocumentText.objects.update_or_create(document=scanned, defaults={
        "status": DocumentText.Status.EMPTY, "read_at": timezone.now()})


# Discovery


@pytest.fixture
def administrator_client(content):
    client = Client()
    client.force_login(content["user"])
    return client


@pytest.fixture(scope="module")
def found(content):
    """(addresses of Wagtail's exports, addresses of ours, modules that wrote the answers)."""
    client = Client()
    client.force_login(content["user"])
    writers, own = set(), []
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in ("_text_response", "_attachment", "JsonResponse"):
            monkeypatch.setattr(tables, name, recording_callers(getattr(tables, name), writers))
        for address in own_addresses(content):
            answer = client.get(address)
            assert answer.status_code < 500 or address == "/readyz", address
            if answer.get("Content-Type", "").partition(";")[0] in CELLS_OF:
                own.append(address)
            answer.close()
    return wagtails_addresses(), own, writers


@pytest.fixture
def addresses(found):
    return found[:2]


@pytest.fixture
def answered_by(found):
    return found[2]


def recording_callers(function, modules):
    """``function``, which also adds its caller's module outside ``hub.export`` to ``modules``."""

    def recording(*arguments, **options):
        frame = inspect.currentframe()
        while frame.f_globals["__name__"] in (__name__, tables.__name__):
            frame = frame.f_back
        modules.add(frame.f_globals["__name__"])
        return function(*arguments, **options)

    return recording


def routes(patterns, before=""):
    """(route, pattern) of every URL pattern, in the language without a prefix."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def view_class(callback):
    return getattr(callback, "view_class", None) or getattr(
        inspect.unwrap(callback), "view_class", None)


def wagtails_addresses() -> list[str]:
    """The addresses of all views with export columns."""
    found = []
    for route, pattern in routes(get_resolver().url_patterns):
        view = view_class(pattern.callback)
        if view and issubclass(view, SpreadsheetExportMixin):
            unwrapped = inspect.unwrap(pattern.callback)
            given = getattr(unwrapped, "view_initkwargs", {}).get("list_export")
            if given or view.list_export:
                found.append(f"/{route}")
    return found


def own_addresses(content) -> list[str]:
    """The addresses of our apps' views and of all page routes in ``content``."""
    found = []
    for route, pattern in routes(get_resolver().url_patterns):
        module = inspect.unwrap(pattern.callback).__module__
        if module.startswith(tuple(f"{app}." for app in OURS)) and isinstance(
            pattern.pattern, RoutePattern
        ):
            found += filled_in(f"/{route}", content["values"])
    for page in content["pages"]:
        for pattern in type(page).get_subpage_urls():
            if isinstance(pattern.pattern, RoutePattern):
                found += filled_in(f"{page.url}{pattern.pattern}", content["values"])
    # A page serves register.csv by a route with a trailing slash, see hub.urls.
    return [re.sub(r"(\.\w+)/$", r"\1", address) for address in found]


def filled_in(route, values) -> list[str]:
    """``route`` with every combination of ``values`` for its parameters."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", route)
    missing = set(names) - values.keys()
    assert not missing, f"{route}: give a value for {missing} in the fixture “content”"
    template = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    return [
        template.format(**dict(zip(names, chosen, strict=True)))
        for chosen in itertools.product(*(values[name] for name in names))
    ]


# The code


def parsed_modules():
    for app in OURS:
        for path in (ROOT / app).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield module, ast.parse(path.read_text("utf-8"))


def modules_that_write() -> set[str]:
    """Every module that imports a writer from ``hub.export.tables``."""
    writers = {"csv_response", "xlsx_response", "json_response", "json_document"}
    return {
        module for module, tree in parsed_modules() for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == tables.__name__
        and writers & {name.name for name in node.names}
    }


def test_nothing_else_writes_tables():
    """csv and openpyxl write in one module only."""
    for module, tree in parsed_modules():
        if module in (tables.__name__, "hub.files.sheet_reader"):
            continue
        for node in ast.walk(tree):
            imported = [name.name for name in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            roots = {name.partition(".")[0] for name in imported}
            assert not roots & {"openpyxl", "xlsxwriter", "xlwt", "odf"}, module
            if isinstance(node, ast.ImportFrom) and node.module == "csv":
                raise AssertionError(f"{module}: import csv as a whole, to read only")
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in {
                    ("csv", "writer"), ("csv", "DictWriter")}, module


def test_planted_text_is_printable():
    assert all(printable(kind) == kind for kind in KINDS)
