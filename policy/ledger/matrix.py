"""The ledger as tables, one for each resolution: clauses as rows, parties as columns."""

from dataclasses import dataclass

from django.db.models import Count

from policy.ledger.clause_party_status import ClausePartyStatus, with_status
from policy.models import AssemblyPage, Clause, Party, ResolutionPage

CLAUSES_PER_PAGE = 24  # with eight parties, about 100 kB of HTML before compression


@dataclass
class Row:
    """One clause and its cells, one for each party of the table; None where there is none."""

    clause: Clause
    cells: list[ClausePartyStatus | None]


@dataclass
class Table:
    """The table of one resolution."""

    resolution: ResolutionPage
    parties: list[Party]
    rows: list[Row]


def pages_of(clauses, size=None) -> list[list[int]]:
    """The primary keys of the resolutions by page of about ``size`` clauses, by default as many as
    a page shows; a resolution is never split over pages."""
    size = size or CLAUSES_PER_PAGE
    counts = (
        clauses.order_by("-page__adopted_on", "page__path")
        .values_list("page_id", "page__adopted_on", "page__path").annotate(Count("pk"))
    )
    pages, room = [], 0
    for resolution, _adopted, _path, number in counts:
        if not pages or number > room:
            pages.append([])
            room = size
        pages[-1].append(resolution)
        room -= number
    return pages


def tables(ledger_filter, clauses, resolutions) -> list[Table]:
    """The tables of ``resolutions`` (primary keys, in order) with the given ``clauses``."""
    clauses = with_status(
        list(clauses.filter(page__in=resolutions).select_related("page").defer("page__body")),
        ledger_filter.day,
    )
    found = []
    for resolution in resolutions:
        own = [clause for clause in clauses if clause.page_id == resolution]
        if not own:
            continue
        parties = _parties(own, ledger_filter.party)
        rows = []
        for clause in own:
            cells = {cell.party: cell for cell in clause.cells}
            rows.append(Row(clause, [cells.get(party) for party in parties]))
        found.append(Table(own[0].page, parties, rows))
    _add_assemblies(found)
    return found


def _parties(clauses, selected) -> list[Party]:
    """The columns: the selected party, else all parties of the clauses by name."""
    if selected:
        return [selected]
    found = {cell.party for clause in clauses for cell in clause.cells}
    return sorted(found, key=lambda party: (party.name_th, party.pk))


def _add_assemblies(tables) -> None:
    """Set ``assembly`` on each resolution, in one query."""
    step = AssemblyPage.steplen
    paths = {table.resolution.path[:-step] for table in tables}
    found = AssemblyPage.objects.filter(path__in=paths).defer("body")
    assemblies = {page.path: page for page in found}
    for table in tables:
        table.resolution.assembly = assemblies.get(table.resolution.path[:-step])
