"""What the links in reminders open: a report form without sign-in, and the end of reminders."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from hub.web.rate_limit import HOUR, hit, network_of
from policy.ledger.views import visible_cell
from policy.models import ClauseReport, QuietAddress
from policy.reports import reminder_links
from policy.reports.views import FORM_METHODS, report_form, tell_the_party

OPENED_IN_AN_HOUR = 300  # from one network: many people may share an address


@never_cache
@csrf_protect
@require_http_methods(FORM_METHODS)
def report(request, token):
    """The form for one clause and one party; who reports says her name."""
    network = network_of(request)
    if hit("follow-up link", network, HOUR) > OPENED_IN_AN_HOUR:
        return render(request, "429.html", status=429)
    link = reminder_links.read(token)
    if link is None:
        return render(request, "policy/link_gone.html", status=404)
    cell = visible_cell(request, link.clause_key, link.party.slug)
    if not cell.is_named:
        raise PermissionDenied
    return report_form(request, cell, network, ClauseReport(
        clause_key=link.clause_key, party=link.party, link_digest=link.digest,
    ), after=tell_the_party)


# As with alerts, the address is the secret, and mail programs stop letters by a bare POST.


@never_cache
@csrf_exempt
@require_http_methods(FORM_METHODS)
def quiet(request, token):
    """No more reminders of this party to this address, or again after all."""
    found = reminder_links.read_quiet(token)
    if found is None:
        return render(request, "policy/link_gone.html", status=404)
    party, email = found
    if request.method == "POST":
        if "again" in request.POST:
            QuietAddress.objects.filter(party=party, email=email).delete()
        else:
            QuietAddress.objects.get_or_create(party=party, email=email)
    is_quiet = QuietAddress.objects.filter(party=party, email=email).exists()
    return render(
        request, "policy/quiet.html", {"party": party, "email": email, "is_quiet": is_quiet}
    )
