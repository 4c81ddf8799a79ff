"""Where parties report, verifiers record what they saw, and both take back. Never cached."""

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

from hub.email.sending import absolute, write_to
from hub.people.personal_data import name_of, own_name_of
from hub.web.rate_limit import HOUR, hit
from policy.ledger.account_section import ledger_section_of
from policy.ledger.clause_party_status import cell_url
from policy.ledger.ledger_filter import LedgerFilter
from policy.ledger.views import back_to, visible_cell
from policy.models import ClauseReport, Verification, Withdrawal
from policy.reports import permissions
from policy.reports.forms import ReportForm, VerificationForm, WithdrawalForm

FORM_METHODS = ["GET", "HEAD", "POST"]
RECORDS = {"clausereport": ClauseReport, "verification": Verification}
WRITTEN_IN_AN_HOUR = 60  # by one person, or through links by one household


@never_cache
@csrf_protect
@login_required
@require_http_methods(FORM_METHODS)
def report(request, key, party):
    """A party reports on one of its clauses, or adds to a report with ?to=."""
    cell = visible_cell(request, key, party)
    if not permissions.may_report(request.user, cell.party) or not cell.is_named:
        raise PermissionDenied
    earlier = _record_of(cell.reports, request.GET.get("to"))
    return report_form(request, cell, str(request.user.pk), ClauseReport(
        clause_key=key, party=cell.party, reporter=request.user, adds_to=earlier,
        reporter_name=own_name_of(request.user),
    ))


def report_form(request, cell, who, blank, after=None):
    """The form for ``blank``, a report without its texts. ``after`` is called with what was saved.

    ``who`` is counted, so that nobody floods the ledger.
    """
    form = ReportForm(*_sent(request), instance=blank)
    context = {"form": form, "cell": cell, "earlier": blank.adds_to}
    return _written(request, cell, who, form, "policy/report_form.html", context, "report", after)


@never_cache
@csrf_protect
@login_required
@require_http_methods(FORM_METHODS)
def verify(request, key, party):
    """A verifier records what she saw: of the report ?report=, else of the cell."""
    cell = visible_cell(request, key, party)
    if not permissions.may_verify(request.user, cell.party):
        raise PermissionDenied
    about = _record_of(cell.reports, request.GET.get("report"))
    blank = Verification(
        clause_key=key, party=cell.party, report=about, verifier=request.user,
        verifier_name=own_name_of(request.user),
    )
    form = VerificationForm(*_sent(request), instance=blank)
    context = {"form": form, "cell": cell, "about": about}
    return _written(
        request, cell, str(request.user.pk), form, "policy/verification_form.html", context, "seen"
    )


def _sent(request) -> tuple:
    """What a form is made with: texts and files that were sent, or nothing."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _written(request, cell, who, form, template, context, said, after=None):
    """Show the form, or save it and go back to the history."""
    status, problem = 200, ""
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif hit("follow-up", who, HOUR) > WRITTEN_IN_AN_HOUR:
            status = 429
            problem = _("That is a lot for one hour. Try again a little later.")
        else:
            if not form.cleaned_data["website"] and not form.is_repeated:
                # A link that reported a moment ago, in another request, saves nothing more.
                with suppress(IntegrityError), transaction.atomic():
                    record = form.save()
                    if after:
                        after(record)
            return back_to(cell, said)
    return render(request, template, context | {"problem": problem}, status=status)


@never_cache
@csrf_protect
@login_required
@require_http_methods(FORM_METHODS)
def withdraw(request, kind, pk):
    """Take back a report, with what was added to it, or a verification."""
    record = _of_kind(kind, pk)
    if not permissions.may_withdraw(request.user, record):
        raise PermissionDenied
    cell = visible_cell(request, record.clause_key, record.party.slug)
    form = WithdrawalForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        taken_back = [record]
        if kind == "clausereport":
            taken_back += record.additions.filter(withdrawal=None)
        for one in taken_back:
            Withdrawal.objects.create(
                **{"report" if kind == "clausereport" else "verification": one},
                reason=form.cleaned_data["reason"], by=request.user,
                by_name=name_of(request.user),
            )
        return back_to(cell, "withdrawn")
    text = record.claim if kind == "clausereport" else record.seen
    context = {"form": form, "cell": cell, "text": text}
    return render(
        request, "policy/withdrawal_form.html", context, status=422 if form.errors else 200
    )


@require_safe
def file(request, kind, pk):
    """A file that shows something; what is not for the public only to those who may open it."""
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
    kind_of_content = mimetypes.guess_type(record.file_name)[0] or "application/octet-stream"
    try:
        content = record.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    # Photos are looked at where they are; anything else is saved and never runs as a page.
    response = FileResponse(
        content, content_type=kind_of_content, filename=record.file_name,
        as_attachment=kind_of_content != "image/jpeg",
    )
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@login_required
@require_safe
def mine(request):
    """What my parties have to report."""
    return render(request, "policy/mine.html", {"section": ledger_section_of(request.user)})


def _is_published(request, record) -> bool:
    choice = LedgerFilter.of(request).without("assembly", "party", "area", "status", "channel")
    return choice.clauses().filter(translation_key=record.clause_key).exists()


def _of_kind(kind, pk):
    if kind not in RECORDS:
        raise Http404
    return get_object_or_404(
        RECORDS[kind].objects.select_related("withdrawal", "party"), pk=pk
    )


def _record_of(records, pk):
    """The one of ``records`` that the address names, if it stands."""
    return next((r for r in records if str(r.pk) == pk and not r.withdrawn), None)


def tell_the_party(record) -> None:
    """Write to the party that somebody reported in its name through a link of a letter."""
    write_to(
        record.party.email, "th", "policy/letters/reported.txt",
        lambda: _("A report was made in the name of %(party)s") % {"party": record.party.name},
        {"record": record, "party": record.party,
         "url": absolute(cell_url(record.clause_key, record.party))},
    )
