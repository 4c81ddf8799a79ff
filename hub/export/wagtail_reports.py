"""Wagtail's exports of reports and listings, held to the rules of ``hub.export.tables``.

Wagtail writes cells of its CSV files as they are and leaves it to whoever opens them (see “CSV
export security considerations” in its documentation). All of them pass through
``SpreadsheetExportMixin``: reports, listings of snippets and models, redirects, forms. So the
guard stands there, once, for Wagtail's views and ours. A check fails where a method of that mixin
is no longer the one that was guarded, or a view goes around it.
"""

import functools
from datetime import date, time, timedelta
from decimal import Decimal

from django.core import checks
from django.urls import get_resolver
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from hub.export.tables import BOM, keep_text
from hub.files.cell_text import guard, printable

NUMBERS_AND_DATES = (int, float, Decimal, date, time)


def guard_wagtail_exports() -> None:
    """Guard every export of Wagtail's, once however often it is called."""
    for name, wrap in WRAPPERS.items():
        method = getattr(SpreadsheetExportMixin, name, None)
        if method is not None and not is_guarded(method):
            guarded = functools.wraps(method)(wrap(method))
            guarded.is_guarded = True
            setattr(SpreadsheetExportMixin, name, guarded)


def is_guarded(method) -> bool:
    return getattr(method, "is_guarded", False)


def _cells(preprocess_field_value):
    """Texts of cells: no formula in CSV, and in XLSX nothing at which openpyxl raises."""

    def preprocess(self, field, value, export_format):
        value = preprocess_field_value(self, field, value, export_format)
        if value is None or isinstance(value, NUMBERS_AND_DATES):
            return value
        if export_format == self.FORMAT_XLSX:
            return value if isinstance(value, timedelta) else printable(value)
        return guard(printable(value))

    return preprocess


def _headings(get_heading):
    """Headings, some of which editors write; the mixin writes them without a look at either."""

    def heading(self, queryset, field):
        return guard(printable(get_heading(self, queryset, field)))

    return heading


def _xlsx_cells(generate_xlsx_row):
    def row(self, *args, **kwargs):
        for cell in generate_xlsx_row(self, *args, **kwargs):
            if isinstance(cell.value, str):
                keep_text(cell)
            yield cell

    return row


def _csv_file(stream_csv):
    """The mark by which Excel knows UTF-8 goes first: without it, it shows no Thai."""

    def stream(self, queryset):
        yield BOM.encode()
        yield from stream_csv(self, queryset)

    return stream


WRAPPERS = {
    "preprocess_field_value": _cells, "get_heading": _headings, "generate_xlsx_row": _xlsx_cells,
    "stream_csv": _csv_file,
}


@checks.register()
def wagtail_exports_are_guarded(app_configs, **kwargs) -> list[checks.Error]:
    """That Wagtail still has the methods at which its exports are guarded, and no view its own."""
    errors = [
        checks.Error(
            f"Wagtail's exports cannot be guarded: SpreadsheetExportMixin has no {name}.",
            hint="See where it writes cells now, and change hub.export.wagtail_reports.",
            id="hub.E005",
        )
        for name in WRAPPERS if not is_guarded(getattr(SpreadsheetExportMixin, name, None))
    ]
    _ = get_resolver().url_patterns  # imports every view that has an address
    errors += [
        checks.Error(
            f"Its exports are not guarded against formulas, because it has its own {name}.",
            hint="Override get_preprocess_function, to_row_dict or custom_field_preprocess.",
            obj=view, id="hub.E006",
        )
        for view in _subclasses(SpreadsheetExportMixin)
        for name in WRAPPERS if not is_guarded(getattr(view, name, None))
    ]
    return errors


def _subclasses(kind) -> set[type]:
    found = set(kind.__subclasses__())
    return found.union(*map(_subclasses, found))
