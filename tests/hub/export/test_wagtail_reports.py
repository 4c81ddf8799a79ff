"""Wagtail's own exports are guarded at one place, and a check tells when they no longer are."""

import csv
import gc
import io
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.models import Page

from hub.export import wagtail_reports
from hub.export.wagtail_reports import guard_wagtail_exports, wagtail_exports_are_guarded

pytestmark = pytest.mark.any_database
HOSTILE = ["=1+1", "-5", "\t=1", "\r@1", "\n+1", "＝1", "\u200b=1", "\x1b=1"]


class Report(SpreadsheetExportMixin):
    """One column, whose values are of any kind."""

    list_export = ["value"]

    def rows(self, *values):
        guard_wagtail_exports()
        return [SimpleNamespace(value=value) for value in values]

    def csv_cells(self, *values) -> list[str]:
        rows = _Rows(self.rows(*values))
        content = b"".join(self.stream_csv(rows)).decode()
        assert content.startswith("\ufeff") and content.count("\ufeff") == 1
        return [row[0] for row in csv.reader(io.StringIO(content[1:], newline=""))]

    def xlsx_cells(self, *values):
        out = io.BytesIO()
        self.write_xlsx(_Rows(self.rows(*values)), out)
        return [row[0] for row in load_workbook(out).active.iter_rows()]


class _Rows(list):
    """As the mixin needs it: rows that know their model."""

    model = Page


class Anything:
    def __str__(self):
        return "=anything"


def test_no_text_of_an_export_is_a_formula():
    heading, *cells = Report().csv_cells(*HOSTILE, Anything(), ["=a", "b"])
    assert heading == "value"
    assert cells == [*(f"'{t}".replace("\x1b", "") for t in HOSTILE), "'=anything", "'=a, b"]
    for cell in Report().xlsx_cells(*HOSTILE, Anything(), ["=a", "b"])[1:]:
        assert cell.data_type == "s" and cell.quotePrefix, cell.value


def test_numbers_and_dates_stay_what_they_are():
    day, moment = date(2024, 1, 15), datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
    assert Report().csv_cells(-5, -1.5, True, day, moment, None, timedelta(-1), "ปู")[1:] == [
        "-5", "-1.5", "True", "2024-01-15", "2024-01-15 09:30:00+00:00", "",
        "'-1 day, 0:00:00", "ปู"]
    cells = Report().xlsx_cells(-5, -1.5, True, day, moment, None, "ปู")[1:]
    assert [cell.value for cell in cells] == [
        -5, -1.5, True, day, datetime(2024, 1, 15, 9, 30), None, "ปู"]
    assert not any(cell.quotePrefix for cell in cells)


def test_preprocessed_fields_are_guarded():
    class Own(Report):
        custom_field_preprocess = {"value": {"csv": "-{}".format, "xlsx": "={}".format}}

    assert Own().csv_cells("ก")[1] == "'-ก"
    cell = Own().xlsx_cells("ก")[1]
    assert (cell.value, cell.data_type) == ("=ก", "s")


def test_a_heading_that_an_editor_wrote_is_guarded():
    class Own(Report):
        export_headings = {"value": "=1\x0b+1"}

    assert Own().csv_cells("ก")[0] == "'=1+1"
    heading = Own().xlsx_cells("ก")[0]
    assert (heading.value, heading.data_type) == ("'=1+1", "s")


def test_guarding_twice_guards_once():
    guard_wagtail_exports()
    guard_wagtail_exports()
    assert Report().csv_cells("=1")[1] == "'=1"


def test_all_views_are_guarded():
    guard_wagtail_exports()
    assert wagtail_exports_are_guarded(None) == []


@pytest.mark.parametrize("name", wagtail_reports.WRAPPERS)
def test_a_method_that_wagtail_no_longer_has_is_an_error(monkeypatch, name):
    guard_wagtail_exports()
    monkeypatch.delattr(SpreadsheetExportMixin, name)
    guard_wagtail_exports()  # starts all the same, so that the check can tell
    found = wagtail_exports_are_guarded(None)
    assert "hub.E005" in {error.id for error in found} and name in found[0].msg


@pytest.mark.parametrize("name", wagtail_reports.WRAPPERS)
def test_a_view_that_bypasses_the_guard_is_an_error(name):
    guard_wagtail_exports()
    view = type("GoesAround", (Report,), {name: lambda self, *arguments: ()})
    assert [(e.id, e.obj) for e in wagtail_exports_are_guarded(None)] == [("hub.E006", view)]
    del view
    gc.collect()  # a class is in circles; gone, it is no subclass for the tests after this one
