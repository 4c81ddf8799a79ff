"""Reporting, verifying and withdrawing, and evidence files. Never cached."""

import mimetypes
from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from hub.people.personal_data import name_of, own_name_of
from hub.web.rate_limit import HOUR, hit
from policy import permissions
from policy.ledger.ledger_filter import LedgerFilter
from policy.ledger.views import redirect_to_cell, visible_cell
from policy.models import ClauseReport, Verification, Withdrawal
from policy.reports.account_section import party_clauses
from policy.reports.forms import ReportForm, VerificationForm, WithdrawalForm

FORM_METHODS = ["GET", "HEAD", "POST"]
RECORDS = {"clausereport": ClauseReport, "verification": Verification}
MAX_RECORDS_PER_HOUR = 60  # of one person or, through links, of one network


@never_cache
@csrf_protect
@login_required
@require_http_methods(FORM_METHODS)
def report(request, key, party):
    """Report on a clause of one's party, or add to the report that ``?to=`` names."""
    cell = visible_cell(request, key, party)
    if not permissions.may_report(request.user, cell.party) or not cell.is_named:
        raise PermissionDenied
    earlier = _record_of(cell.reports, request.GET.get("to"))
    return report_form(request, cell, str(request.user.pk), ClauseReport(
        clause_key=key, party=cell.party, reporter=request.user, adds_to=earlier,
        reporter_name=own_name_of(request.user),
    ))


def report_form(request, cell, reporter, blank, after_save=None):
    """The form of ``blank``, an unsaved report without its texts.

    ``reporter`` identifies the sender for the rate limit; ``after_save`` is called with the saved
    report.
    """
    form = ReportForm(*_form_data(request), instance=blank)
    context = {"form": form, "cell": cell, "earlier": blank.adds_to}
    return _show_or_save(
        request, cell, reporter, form, "policy/reports/report_form.html", context, "report",
        after_save,
    )


@never_cache
@csrf_protect
@login_required
@require_http_methods(FORM_METHODS)
def verify(request, key, party):
    """Record a verification, of the report that ``?report=`` names, else of the cell."""
    cell = visible_cell(request, key, party)
    if not permissions.may_verify(request.user, cell.party):
        raise PermissionDenied
    about = _record_of(cell.reports, request.GET.get("report"))
    blank = Verification(
        clause_key=key, party=cell.party, report=about, verifier=request.user,
        verifier_name=own_name_of(request.user),
    )
    form = VerificationForm(*_form_data(request), instance=blank)
    context = {"form": form, "cell": cell, "about": about}
    return _show_or_save(
        request, cell, str(request.user.pk), form, "policy/reports/verification_form.html",
        context, "seen",
    )


def _form_data(request) -> tuple:
    """The arguments of a form: the posted data and files, or none."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _show_or_save(request, cell, sender, form, template, context, notice, after_save=None):
    """Show the form, or save it and redirect to the history of the cell."""
    status, problem = 200, ""
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif hit("follow-up", sender, HOUR) > MAX_RECORDS_PER_HOUR:
            status = 429
            problem = _("That is a lot for one hour. Try again a little later.")
        else:
            if not form.cleaned_data["website"] and not form.is_duplicate:
                # A concurrent request may have used the same reminder link.
                with suppress(IntegrityError), transaction.atomic():
                    record = form.save()
                    if after_save:
                        after_save(record)
            return redirect_to_cell(cell, notice)
    return render(request, template, context | {"problem": problem}, status=status)


@never_cache
@csrf_protect
@login_required
@require_http_methods(FORM_METHODS)
def withdraw(request, kind, pk):
    """Withdraw a report with its additions, or a verification."""
    record = _of_kind(kind, pk)
    if not permissions.may_withdraw(request.user, record):
        raise PermissionDenied
    cell = visible_cell(request, record.clause_key, record.party.slug)
    form = WithdrawalForm(*_form_data(request))
    if request.method == "POST" and form.is_valid():
        withdrawn = [record]
        if kind == "clausereport":
            withdrawn += record.additions.filter(withdrawal=None)
        for item in withdrawn:
            Withdrawal.objects.create(
                **{"report" if kind == "clausereport" else "verification": item},
                reason=form.cleaned_data["reason"], withdrawn_by=request.user,
                withdrawn_by_name=name_of(request.user),
            )
        return redirect_to_cell(cell, "withdrawn")
    text = record.claim if kind == "clausereport" else record.observation
    context = {"form": form, "cell": cell, "text": text}
    return render(
        request, "policy/reports/withdrawal_form.html", context, status=422 if form.errors else 200
    )


@require_safe
def file(request, kind, pk):
    """An evidence file; private ones only for those who may open them."""
    record = _of_kind(kind, pk)
    if not record.file:
        raise Http404
    if not permissions.may_open_private_files(request.user, record):
        if not _is_published(request, record):
            raise Http404
        if not record.file_is_public:
            if request.user.is_authenticated:
                raise PermissionDenied
            return redirect_to_login(request.get_full_path())
    content_type = mimetypes.guess_type(record.file_name)[0] or "application/octet-stream"
    try:
        content = record.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    # Photos are shown inline; other files are downloads, so that HTML never runs on this site.
    response = FileResponse(
        content, content_type=content_type, filename=record.file_name,
        as_attachment=content_type != "image/jpeg",
    )
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@login_required
@require_safe
def my_parties(request):
    """What the parties of the user have to report."""
    context = {
        "parties": party_clauses(request.user),
        "is_verifier": permissions.is_verifier(request.user),
    }
    return render(request, "policy/reports/my_parties.html", context)


def _is_published(request, record) -> bool:
    clauses = LedgerFilter.of(request).unfiltered().clauses()
    return clauses.filter(translation_key=record.clause_key).exists()


def _of_kind(kind, pk):
    if kind not in RECORDS:
        raise Http404
    return get_object_or_404(
        RECORDS[kind].objects.select_related("withdrawal", "party__organisation"), pk=pk
    )


def _record_of(records, pk):
    """The one of ``records`` with the primary key ``pk`` (text), unless it was withdrawn."""
    return next((r for r in records if str(r.pk) == pk and not r.withdrawn), None)
