"""The ledger for spreadsheets and programs, streamed: nothing is held whole in memory."""

import csv
import json
from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

from hub.email.sending import absolute
from policy.ledger.matrix import Row, Table, pages_of, tables

COLUMNS = [
    "assembly", "resolution", "resolution_title", "clause", "clause_text", "channel", "due",
    "clause_status", "party", "party_name", "named", "status", "status_text", "since",
    "reports", "last_report", "silent_days", "overdue_days", "as_of", "address",
]


def no_formula(value):
    """``value`` so that no spreadsheet reckons with it: anybody may have typed it."""
    risky = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if risky else value


def rows(choice) -> Iterator[dict]:
    """One row for each cell, and for a clause that names nobody one without a party."""
    clauses = choice.clauses()
    for resolutions in pages_of(clauses):
        for table in tables(choice, clauses, resolutions):
            for row in table.rows:
                cells = [cell for cell in row.cells if cell]
                for cell in cells or [None]:
                    yield _row(choice, table, row, cell)


def _row(choice, table: Table, row: Row, cell) -> dict:
    resolution, clause = table.resolution, row.clause
    values = {
        "assembly": resolution.assembly.title if resolution.assembly else "",
        "resolution": resolution.number,
        "resolution_title": resolution.title,
        "clause": clause.number,
        "clause_text": clause.text,
        "channel": clause.channel,
        "due": clause.due,
        "clause_status": clause.status.value,
        "as_of": choice.day,
    }
    if cell:
        values |= {
            "party": cell.party.slug, "party_name": cell.party.name, "named": cell.is_named,
            "status": cell.status.value, "status_text": str(cell.status.label),
            "since": cell.since, "reports": cell.report_count, "last_report": cell.last_report,
            "silent_days": cell.silent_days, "overdue_days": cell.overdue_days,
            "address": absolute(cell.url),
        }
    return {name: values.get(name) for name in COLUMNS}


def csv_of(found, columns, name) -> StreamingHttpResponse:
    """``found`` (dicts) as CSV that spreadsheets open as UTF-8."""
    writer = csv.DictWriter(_Echo(), columns)

    def lines():
        yield "\ufeff" + writer.writeheader()
        for row in found:
            yield writer.writerow({key: no_formula(value) for key, value in row.items()})

    return _file(lines(), "text/csv; charset=utf-8", f"{name}.csv")


def json_of(found, name) -> StreamingHttpResponse:
    """``found`` (dicts) as a JSON list, one object a line."""

    def lines():
        yield "["
        for number, row in enumerate(found):
            yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False, default=str)
        yield "\n]\n"

    return _file(lines(), "application/json", f"{name}.json")


def _file(lines, kind, name) -> StreamingHttpResponse:
    language = get_language()

    def in_the_readers_language():
        with override(language):
            yield from lines

    response = StreamingHttpResponse(in_the_readers_language(), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response


class _Echo:
    """What csv writes to: gives each line back."""

    def write(self, line):
        return line
