"""The rows of the ledger for exports, computed page by page."""

from collections.abc import Iterator

from hub.email.sending import absolute
from policy.ledger.matrix import Row, Table, pages_of, tables

COLUMNS = [
    "assembly", "resolution", "resolution_title", "clause", "clause_text", "channel", "due",
    "clause_status", "party", "party_name", "named", "status", "status_text", "since",
    "reports", "last_report", "silent_days", "overdue_days", "as_of", "address", "extent",
    "clause_extent", "measure", "target", "target_unit",
]
CLAUSES_AT_ONCE = 500  # how many are read and held in memory together


def rows(ledger_filter) -> Iterator[dict]:
    """One row for each cell; a clause without a party has one row."""
    clauses = ledger_filter.clauses()
    for resolutions in pages_of(clauses, CLAUSES_AT_ONCE):
        for table in tables(ledger_filter, clauses, resolutions):
            for row in table.rows:
                cells = [cell for cell in row.cells if cell]
                for cell in cells or [None]:
                    yield _row(ledger_filter, table, row, cell)


def _row(ledger_filter, table: Table, row: Row, cell) -> dict:
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
        "as_of": ledger_filter.day, "clause_extent": clause.extent, "measure": clause.measure,
        "target": clause.target, "target_unit": clause.target_unit,
    }
    if cell:
        values |= {
            "party": cell.party.slug, "party_name": cell.party.name, "named": cell.is_named,
            "status": cell.status.value, "status_text": str(cell.status.label),
            "since": cell.since, "reports": cell.report_count, "last_report": cell.last_report,
            "silent_days": cell.silent_days, "overdue_days": cell.overdue_days,
            "address": absolute(cell.url), "extent": cell.extent,
        }
    return {name: values.get(name) for name in COLUMNS}
