"""The public pages of the ledger: tables by assembly, party or area, and histories of cells."""

from dataclasses import replace

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hub.export.tables import Table, csv_response, json_response
from hub.models import Area
from policy import permissions
from policy.ledger import exports, history
from policy.ledger.ledger_filter import LedgerFilter
from policy.ledger.matrix import pages_of, tables
from policy.ledger.rules import ClauseStatus
from policy.models import AssemblyPage, Clause, Party

FORMATS = {"csv": csv_response, "json": json_response}


@require_safe
def overview(request):
    """The whole ledger, or what the filters of the query match."""
    return _render_ledger(request, LedgerFilter.of(request))


@require_safe
def assembly(request, assembly):
    """One assembly, by the primary key of any of its translations."""
    page = get_object_or_404(AssemblyPage, pk=assembly)
    ledger_filter = LedgerFilter.of(request)
    shown = ledger_filter.assemblies().filter(translation_key=page.translation_key).first()
    if shown is None:
        raise Http404
    return _render_ledger(request, replace(ledger_filter, assembly=shown), shown)


@require_safe
def party(request, party):
    shown = get_object_or_404(Party, organisation__slug=party)
    return _render_ledger(request, LedgerFilter.of(request, party=shown), shown)


@require_safe
def area(request, area):
    shown = get_object_or_404(Area.objects.select_related("parent"), geocode=area)
    return _render_ledger(request, LedgerFilter.of(request, area=shown), shown)


def _render_ledger(request, ledger_filter, about=None):
    clauses = ledger_filter.clauses()
    pages = pages_of(clauses)
    number = min(max(_page_number(request), 1), max(len(pages), 1))
    totals = [
        {"status": status, "count": count, "url": _address(replace(ledger_filter, status=status))}
        for status, count in ledger_filter.totals().items()
    ]
    resolutions = ledger_filter.unfiltered().resolutions()
    shown = tables(ledger_filter, clauses, pages[number - 1]) if pages else []
    context = {
        "ledger_filter": ledger_filter, "about": about, "tables": shown,
        "is_demonstration": any(table.resolution.is_demonstration for table in shown),
        "about_name": getattr(about, "title", None) or str(about or ""),
        "totals": totals, "statuses": ClauseStatus,
        "number": number, "pages": len(pages),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < len(pages) else None,
        "assemblies": ledger_filter.assemblies(),
        "parties": Party.objects.filter(clauses__page__in=resolutions.order_by().values("pk"))
        .distinct(),
        "areas": Area.objects.filter(knowledgepage__in=resolutions.order_by().values("pk"))
        .select_related("parent").distinct(),
        "channels": Clause.Channel,
        "is_past": ledger_filter.day != timezone.localdate(),
    }
    return render(request, "policy/ledger/ledger.html", context)


def _address(ledger_filter) -> str:
    """The address of the ledger with these filters."""
    return f"{reverse('follow_up')}?{ledger_filter.parameters}"


def _page_number(request) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@require_safe
def data(request, kind):
    """The rows that the page with the same query shows, all pages, as CSV or JSON."""
    if kind not in FORMATS:
        raise Http404
    found = exports.rows(LedgerFilter.of(request))
    return FORMATS[kind](Table.of_records("follow-up", exports.COLUMNS, found))


# One cell


def visible_cell(request, key, party):
    """The cell of a public clause, with its records. Raises Http404 where there is none."""
    clauses = LedgerFilter.of(request).unfiltered().clauses()
    clause = clauses.filter(translation_key=key).select_related("page").first()
    cell = clause and history.cell_of(clause, get_object_or_404(Party, organisation__slug=party))
    if not cell:
        raise Http404
    return cell


@require_safe
def cell(request, key, party):
    """The history of one cell, with the actions that the reader may take."""
    shown = visible_cell(request, key, party)
    user = request.user
    for record in [*shown.reports, *history.verifications_of(shown)]:
        record.may_be_withdrawn = permissions.may_withdraw(user, record)
        record.may_open_file = bool(record.file) and (
            record.file_is_public or permissions.may_open_private_files(user, record)
        )
    page = shown.clause.page
    context = {
        "cell": shown, "clause": shown.clause, "party": shown.party, "resolution": page,
        "events": history.events_of(shown),
        "may_report": permissions.may_report(user, shown.party),
        "may_verify": permissions.may_verify(user, shown.party),
        "notice": request.GET.get("said"),
    }
    return render(request, "policy/ledger/cell.html", context)


@require_safe
def cell_data(request, key, party, kind):
    if kind not in FORMATS:
        raise Http404
    found = history.rows(visible_cell(request, key, party))
    name = f"follow-up-{party}-{str(key)[:8]}"
    return FORMATS[kind](Table.of_records(name, history.COLUMNS, found))


def redirect_to_cell(cell, notice) -> HttpResponseRedirect:
    """To the history of ``cell``, with a notice of what was saved: report, seen or withdrawn."""
    return HttpResponseRedirect(f"{cell.url}?said={notice}")
