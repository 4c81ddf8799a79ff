"""Targets of the links in reminders: the report form without sign-in, and opting out."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from hub.web.client_address import network_of
from hub.web.rate_limit import HOUR, hit
from policy.ledger.views import visible_cell
from policy.models import ClauseReport, ReminderOptOut
from policy.reports import emails, reminder_links
from policy.reports.views import FORM_METHODS, report_form

MAX_OPENED_PER_HOUR = 300  # from one network: many people may share an address


@never_cache
@csrf_protect
@require_http_methods(FORM_METHODS)
def report(request, token):
    """The report form for one clause and one party; the reporter enters a name."""
    network = network_of(request)
    if hit("follow-up link", network, HOUR) > MAX_OPENED_PER_HOUR:
        return render(request, "429.html", status=429)
    link = reminder_links.read(token)
    if link is None:
        return render(request, "policy/reports/link_expired.html", status=404)
    cell = visible_cell(request, link.clause_key, link.party.slug)
    if not cell.is_named:
        raise PermissionDenied
    return report_form(request, cell, network, ClauseReport(
        clause_key=link.clause_key, party=link.party, link_digest=link.digest,
    ), after_save=emails.send_report_received)


# No CSRF token: the address is the secret, and mail programs unsubscribe by a bare POST.


@never_cache
@csrf_exempt
@require_http_methods(FORM_METHODS)
def opt_out(request, token):
    """Stop reminders of one party to one address, or resume them."""
    found = reminder_links.read_opt_out(token)
    if found is None:
        return render(request, "policy/reports/link_expired.html", status=404)
    party, email = found
    if request.method == "POST":
        if "again" in request.POST:
            ReminderOptOut.objects.filter(party=party, email=email).delete()
        else:
            ReminderOptOut.objects.get_or_create(party=party, email=email)
    is_opted_out = ReminderOptOut.objects.filter(party=party, email=email).exists()
    context = {"party": party, "email": email, "is_opted_out": is_opted_out}
    return render(request, "policy/reports/reminder_opt_out.html", context)
