"""The public pages of the ledger: tables by assembly, party and area, and the history of a cell."""

from dataclasses import replace

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hub.export.tables import Table, csv_response, json_response
from hub.models import Area
from policy.ledger import exports, history
from policy.ledger.ledger_filter import LedgerFilter
from policy.ledger.matrix import pages_of, tables
from policy.ledger.rules import ClauseStatus
from policy.models import AssemblyPage, Clause, Party
from policy.reports import permissions

FORMATS = {"csv": csv_response, "json": json_response}


@require_safe
def overview(request):
    """All of it, or what the address chooses."""
    return _ledger(request, LedgerFilter.of(request))


@require_safe
def assembly(request, assembly):
    """One assembly, by the primary key of any of its versions."""
    page = get_object_or_404(AssemblyPage, pk=assembly)
    choice = LedgerFilter.of(request)
    shown = choice.assemblies().filter(translation_key=page.translation_key).first()
    if shown is None:
        raise Http404
    return _ledger(request, replace(choice, assembly=shown), shown)


@require_safe
def party(request, party):
    shown = get_object_or_404(Party, slug=party)
    return _ledger(request, LedgerFilter.of(request, party=shown), shown)


@require_safe
def area(request, area):
    shown = get_object_or_404(Area.objects.select_related("parent"), geocode=area)
    return _ledger(request, LedgerFilter.of(request, area=shown), shown)


def _ledger(request, choice, about=None):
    clauses = choice.clauses()
    pages = pages_of(clauses)
    number = min(max(_page_number(request), 1), max(len(pages), 1))
    totals = [
        {"status": status, "count": count, "url": _address(replace(choice, status=status))}
        for status, count in choice.totals().items()
    ]
    resolutions = choice.without("party", "area", "assembly", "status", "channel").resolutions()
    shown = tables(choice, clauses, pages[number - 1]) if pages else []
    context = {
        "choice": choice, "about": about, "tables": shown,
        "is_demonstration": any(table.resolution.is_demonstration for table in shown),
        "about_name": getattr(about, "title", None) or str(about or ""),
        "totals": totals, "statuses": ClauseStatus,
        "number": number, "pages": len(pages),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < len(pages) else None,
        "assemblies": choice.assemblies(),
        "parties": Party.objects.filter(clauses__page__in=resolutions.order_by().values("pk"))
        .distinct(),
        "areas": Area.objects.filter(knowledgepage__in=resolutions.order_by().values("pk"))
        .select_related("parent").distinct(),
        "channels": Clause.Channel,
        "is_past": choice.day != timezone.localdate(),
    }
    return render(request, "policy/ledger.html", context)


def _address(choice) -> str:
    """Where the ledger shows ``choice``."""
    return f"{reverse('follow_up')}?{choice.parameters}"


def _page_number(request) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@require_safe
def data(request, kind):
    """What the page with the same query shows, all of it, as CSV or JSON."""
    if kind not in FORMATS:
        raise Http404
    found = exports.rows(LedgerFilter.of(request))
    return FORMATS[kind](Table.of_records("follow-up", exports.COLUMNS, found))


# One cell


def visible_cell(request, key, party):
    """The cell of a clause that anybody may read, with its records; 404 where there is none."""
    choice = LedgerFilter.of(request).without("assembly", "party", "area", "status", "channel")
    clause = choice.clauses().filter(translation_key=key).select_related("page").first()
    found = clause and history.cell_of(clause, get_object_or_404(Party, slug=party))
    if not found:
        raise Http404
    return found


@require_safe
def cell(request, key, party):
    """The history of one cell; who may write is offered to."""
    shown = visible_cell(request, key, party)
    user = request.user
    for record in [*shown.reports, *history.verifications_of(shown)]:
        record.may_be_withdrawn = permissions.may_withdraw(user, record)
        record.file_opens = bool(record.file) and (
            record.file_is_public or permissions.may_open_private_files(user, record)
        )
    page = shown.clause.page
    context = {
        "cell": shown, "clause": shown.clause, "party": shown.party, "resolution": page,
        "events": history.events_of(shown),
        "may_report": permissions.may_report(user, shown.party),
        "may_verify": permissions.may_verify(user, shown.party),
        "said": request.GET.get("said"),
    }
    return render(request, "policy/cell.html", context)


@require_safe
def cell_data(request, key, party, kind):
    if kind not in FORMATS:
        raise Http404
    found = history.rows(visible_cell(request, key, party))
    name = f"follow-up-{party}-{str(key)[:8]}"
    return FORMATS[kind](Table.of_records(name, history.COLUMNS, found))


def back_to(cell, said) -> HttpResponseRedirect:
    """To the history after something was written."""
    address = reverse("follow_up_cell", args=[cell.clause.translation_key, cell.party.slug])
    return HttpResponseRedirect(f"{address}?said={said}")
