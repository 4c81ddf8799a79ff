"""The ledger as tables: one for each resolution, its clauses down, its parties across."""

from dataclasses import dataclass

from django.db.models import Count

from policy.ledger.clause_party_status import Cell, with_status
from policy.models import AssemblyPage, Clause, Party, ResolutionPage

CLAUSES_ON_A_PAGE = 24  # with eight parties each, a page of about 100 kB before it is packed


@dataclass
class Row:
    """One clause and its cells in the order of the table's parties; None where it has none."""

    clause: Clause
    cells: list[Cell | None]


@dataclass
class Table:
    """One resolution."""

    resolution: ResolutionPage
    parties: list[Party]
    rows: list[Row]


def pages_of(clauses) -> list[list[int]]:
    """The primary keys of the resolutions, page by page; a resolution is never cut in two."""
    counted = (
        clauses.order_by("-page__adopted_on", "page__path")
        .values_list("page_id", "page__adopted_on", "page__path").annotate(Count("pk"))
    )
    pages, room = [], 0
    for resolution, _adopted, _path, number in counted:
        if not pages or number > room:
            pages.append([])
            room = CLAUSES_ON_A_PAGE
        pages[-1].append(resolution)
        room -= number
    return pages


def tables(choice, clauses, resolutions) -> list[Table]:
    """The tables of ``resolutions`` (primary keys, in order), of those ``clauses`` alone."""
    followed = with_status(
        list(clauses.filter(page__in=resolutions).select_related("page")), choice.day
    )
    made = []
    for resolution in resolutions:
        own = [clause for clause in followed if clause.page_id == resolution]
        if not own:
            continue
        parties = _parties(own, choice.party)
        rows = []
        for clause in own:
            cells = {cell.party: cell for cell in clause.cells}
            rows.append(Row(clause, [cells.get(party) for party in parties]))
        made.append(Table(own[0].page, parties, rows))
    _add_assemblies(made)
    return made


def _parties(clauses, chosen) -> list[Party]:
    """The parties across: those of the clauses, by name; the chosen one alone where one is."""
    if chosen:
        return [chosen]
    found = {cell.party for clause in clauses for cell in clause.cells}
    return sorted(found, key=lambda party: (party.name_th, party.pk))


def _add_assemblies(made) -> None:
    """Give each resolution its ``assembly``, with one query for all."""
    step = AssemblyPage.steplen
    paths = {table.resolution.path[:-step] for table in made}
    above = {page.path: page for page in AssemblyPage.objects.filter(path__in=paths)}
    for table in made:
        table.resolution.assembly = above.get(table.resolution.path[:-step])
