"""The pages of alerts: the form, confirming, stopping. None is ever cached."""

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from hub.email.subscription_views import FORM_METHODS, SubscriptionForm
from hub.email.subscriptions import may_ask
from hub.web.error_pages import bad_request
from hub.web.navigation import site_of
from search.alerts import subscriptions
from search.alerts.saved_search import SavedSearch
from search.models import Alert


class AlertForm(SubscriptionForm):
    """The address, and how often to send."""

    frequency = forms.ChoiceField(
        choices=Alert.Frequency.choices, initial=Alert.Frequency.WEEK,
        error_messages={"required": gettext_lazy("Choose how often.")},
    )


@never_cache
@csrf_protect
@require_http_methods(FORM_METHODS)
def new(request):
    """The form for the search in the address, which is as on the page of results."""
    search, site = SavedSearch.from_request(request), site_of(request)
    if search.has_no_word:
        return bad_request(request, _("There was no word to search for."))
    if site is None:
        raise Http404
    status, problem = 200, ""
    form = AlertForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            if not may_ask(request):
                status = 429
                problem = _("Too many alerts were asked for from here. Try again in an hour.")
            else:
                if not data["website"]:
                    subscriptions.subscribe(
                        search, site, data["email"], get_language(), data["frequency"]
                    )
                return redirect(search.url("search_alert_requested"))
        else:
            status = 422
    context = {
        "form": form, "search": search, "problem": problem,
        "frequency": form["frequency"].value(), "choices": Alert.Frequency.choices,
        "limit": Alert.MAX_PER_ADDRESS,
    }
    return render(request, "search/alerts/alert_form.html", context, status=status)


@never_cache
@require_safe
def requested(request):
    """After the form; the same whether the address was known or not."""
    context = {"search": SavedSearch.from_request(request), "days": Alert.DAYS_TO_CONFIRM}
    return render(request, "search/alerts/alert_requested.html", context)


def _context_of(alert) -> dict:
    return {"alert": alert, "search": SavedSearch.of_alert(alert)}


# The arguments of the views that links in the e-mails lead to.
EMAIL_LINKS = {
    "model": Alert, "template": "search/alerts/alert", "context_of": _context_of,
}
