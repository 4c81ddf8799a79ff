"""Every form, public or in the editor, uses the hub's fields for dates and text."""

import ast
import importlib
import pkgutil
from datetime import date, datetime
from pathlib import Path

import django_filters
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django_filters import fields as filter_fields
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput
from wagtail.models import get_page_models
from wagtail.snippets.models import get_snippet_models

from hub.forms.date_fields import DateField, DateTimeField, TimeField
from hub.forms.text_fields import LongTextField, TextField

ROOT = Path(__file__).resolve().parents[3]
APPS = ("hub", "lessons", "models_lib", "courses", "policy", "search", "members", "demonstration")
READERS = ("hub/thai", "hub/forms")  # where dates and text may be parsed
DJANGOS_FIELDS = {"CharField", "DateField", "DateTimeField", "TimeField", "SplitDateTimeField"}
DJANGOS_READERS = {"strptime", "fromisoformat", "parse_date", "parse_datetime", "parse_time"}
TEMPORAL = (forms.DateField, forms.DateTimeField, forms.TimeField, forms.SplitDateTimeField)
RANGES = (filter_fields.DateRangeField, filter_fields.DateTimeRangeField,
          filter_fields.TimeRangeField, filter_fields.IsoDateTimeRangeField)


def _modules():
    """(path, parsed code) of every module outside ``READERS``."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "migrations" not in path.parts and not name.startswith(READERS):
                yield name, ast.parse(path.read_text("utf-8"))


def test_no_other_module_reads_dates_or_has_fields_of_django():
    found = set()
    for name, code in _modules():
        for node in ast.walk(code):
            if isinstance(node, ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                if node.attr in DJANGOS_READERS or (
                    owner == "forms" and node.attr in {*DJANGOS_FIELDS, "ModelForm"}
                ):
                    found.add((name, node.attr))
            elif isinstance(node, ast.ImportFrom) and node.module == "django.utils.dateparse":
                found.add((name, "dateparse"))
            elif isinstance(node, ast.Constant) and node.value == 543:
                found.add((name, "the years between the eras"))
    # Cells of ODS files, which are ISO dates, the names that the hub gives its backups, and its own
    # notes on the upkeep of the index.
    assert found == {
        ("hub/files/ods.py", "fromisoformat"), ("hub/backup/backups.py", "strptime"),
        ("search/health.py", "fromisoformat")}


# The editor


def _forms_of(form_class):
    """``form_class`` and the forms of its formsets, at any depth."""
    yield form_class
    for formset in getattr(form_class, "formsets", {}).values():
        yield from _forms_of(formset.form)


def editors_forms() -> dict[str, type]:
    """Every form of the editor for pages, snippets and their rows. (Images and documents have no
    dates, and Wagtail itself adds their title field.)"""
    form_classes = {
        model: model.get_edit_handler().get_form_class() for model in get_page_models()
    }
    form_classes |= {
        model: model.snippet_viewset.get_edit_handler().get_form_class()
        for model in get_snippet_models()
    }
    return {
        f"{model.__name__}: {form._meta.model.__name__}": form
        for model, form_class in form_classes.items() for form in _forms_of(form_class)
        if form._meta.model._meta.app_label != "wagtailcore" or form is form_class
    }


def test_every_date_in_the_editor_uses_the_hubs_fields():
    found = set()
    for label, form in editors_forms().items():
        assert issubclass(form, forms.BaseForm)
        for name, field in form.base_fields.items():
            if not isinstance(field, TEMPORAL):
                continue
            found.add(f"{label}.{name}")
            assert isinstance(field, DateField | DateTimeField | TimeField), (label, name)
            pickers = (AdminDateInput, AdminDateTimeInput, AdminTimeInput)
            assert not isinstance(field.widget, pickers), (label, name)
            if isinstance(field, TimeField):
                assert str(field.clean("09.30 น.")) == "09:30:00"
                continue
            for typed in ("12/06/2566", "2566-06-12", "๑๒ มิ.ย. ๖๖", "วันจันทร์ที่ 12 มิถุนายน 2566"):
                read = field.clean(typed)
                assert (read.date() if isinstance(read, datetime) else read) == date(2023, 6, 12)
            for typed in ("31/02/2567", "1/1/3112", "วันอังคารที่ 12 มิถุนายน 2566"):
                with pytest.raises(ValidationError):
                    field.clean(typed)
    for known in ("LessonPage: LessonPage.validated_on", "LessonPage: LessonPage.go_live_at",
                  "AssemblyPage: ProcessStage.starts", "CourseRun: Meeting.date",
                  "CourseRun: Meeting.starts_at", "ClauseReport: ClauseReport.done_on",
                  "LessonPage: ChainLink.date", "ResolutionPage: Clause.due"):
        assert known in found


def _filtersets() -> list[type]:
    """Every set of filters of a listing or report that has an address."""
    _ = get_resolver().url_patterns  # imports every view
    found, waiting = [], [django_filters.FilterSet]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            found.append(kind)
    return found


def test_every_filter_by_date_reads_thai_dates():
    seen = set()
    for filterset in _filtersets():
        for name, item in filterset.base_filters.items():
            if not issubclass(item.field_class, TEMPORAL + RANGES):
                continue
            field = item.field
            dates = [f for f in getattr(field, "fields", [field]) if isinstance(f, TEMPORAL)]
            assert dates, name
            seen.add(f"{filterset.__qualname__}.{name}")
            assert all(isinstance(f, DateField | DateTimeField | TimeField) for f in dates), seen
            assert "initDate" not in field.widget.render(name, None)
            if isinstance(field, RANGES):
                period = field.clean(["12/06/2566", "๑๓ มิ.ย. ๖๖"])
                assert period.start.date() == date(2023, 6, 12)
                assert period.stop.date() == date(2023, 6, 13)
                impossible = ["31/02/2567", ""]
            else:
                assert field.clean("12/06/2566").date() == date(2023, 6, 12)
                impossible = "31/02/2567"
            with pytest.raises(ValidationError) as error:
                field.clean(impossible)
            assert "31" in error.value.messages[0]
    for known in ("SiteHistoryReportFilterSet.timestamp", "LockedPagesReportFilterSet.locked_at",
                  "WorkflowReportFilterSet.created_at"):
        assert known in seen, seen


def test_every_plain_text_in_the_editor_is_cleaned():
    found = set()
    for label, form in editors_forms().items():
        for name, field in form.base_fields.items():
            assert type(field) is not forms.CharField or name == "collection", (label, name)
            if type(field) in (TextField, LongTextField):
                found.add(f"{label}.{name}")
                if field.required:
                    with pytest.raises(ValidationError):
                        field.clean("\u200b")
    for known in ("LessonPage: LessonPage.title", "ModelPage: BuildingBlock.what",
                  "Organisation: Organisation.name_th", "CourseRun: CourseRun.title"):
        assert known in found


# The public


def public_forms() -> list[type]:
    """Every form class in the hub's modules that is not the editor's."""
    for app in APPS:
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    found, waiting = [], [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form not in found:
                waiting.append(form)
                found.append(form)
    return [
        form for form in found
        if form.__module__.split(".")[0] in APPS and not issubclass(form, WagtailAdminModelForm)
        and form.base_fields
    ]


def test_public_forms_use_the_hubs_text_and_date_fields():
    seen = set()
    for form in public_forms():
        for name, field in form.base_fields.items():
            label = f"{form.__qualname__}.{name}"
            if isinstance(field, TEMPORAL):
                assert isinstance(field, DateField | DateTimeField | TimeField), label
                assert field.clean("12/06/2566") == date(2023, 6, 12), label
                with pytest.raises(ValidationError):
                    field.clean("31/02/2567")
            if type(field) is forms.CharField:  # a library's own codes and keys, not stored
                assert not form.__module__.startswith(APPS) or _is_inherited(form, name), label
            if type(field) not in (TextField, LongTextField):
                continue
            seen.add(label)
            if field.required:
                with pytest.raises(ValidationError):
                    field.clean("\u200b")
            else:
                assert field.clean("\u200b") == "", label
            written = "น\u0e4d\u0e49า"  # two spellings of one letter
            if field.max_length is None or field.max_length >= 4:
                assert field.clean(f" {written}\x00\u202eก ") == "น\u0e49\u0e33ก", label
    for known in ("CommentForm.text", "AgendaProposalForm.title", "ReplicationForm.who",
                  "MemberSignupForm.name", "EnrolForm.name", "ReportForm.reporter_name",
                  "ReportForm.claim", "ReviewForm.text", "FitForm.problem", "PostForm.text",
                  "ComplaintForm.reason", "ProfileForm.other_organisation"):
        assert known in seen


def _is_inherited(form, name) -> bool:
    """Whether the field comes from a form of a library."""
    return any(
        name in getattr(base, "base_fields", {}) and base.__module__.split(".")[0] not in APPS
        for base in form.__mro__[1:]
    )
