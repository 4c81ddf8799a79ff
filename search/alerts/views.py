"""The pages of alerts: the form, confirming, stopping. None is ever kept in a cache."""

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
from hub.middleware import bad_request
from hub.pages.navigation import site_of
from search.alerts import subscriptions
from search.alerts.saved_search import Question
from search.models import Alert


class AlertForm(SubscriptionForm):
    """Where to write, and how often."""

    every = forms.ChoiceField(
        choices=Alert.Every.choices, initial=Alert.Every.WEEK,
        error_messages={"required": gettext_lazy("Choose how often.")},
    )


@never_cache
@csrf_protect
@require_http_methods(FORM_METHODS)
def new(request):
    """The form: its search stands in the address, as on the page of results."""
    question, site = Question.of(request), site_of(request)
    if question.has_no_word:
        return bad_request(request, _("There was no word to search for."))
    if site is None:
        raise Http404
    status, problem = 200, ""
    form = AlertForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            said = form.cleaned_data
            if not may_ask(request):
                status = 429
                problem = _("Too many alerts were asked for from here. Try again in an hour.")
            else:
                if not said["website"]:
                    subscriptions.ask(question, site, said["email"], get_language(), said["every"])
                return redirect(question.address("search_alert_asked"))
        else:
            status = 422
    context = {
        "form": form, "question": question, "problem": problem,
        "every": form["every"].value(), "choices": Alert.Every.choices,
        "most": Alert.MOST_OF_ONE_ADDRESS,
    }
    return render(request, "search/alert_form.html", context, status=status)


@never_cache
@require_safe
def asked(request):
    """After the form; the same whether the address was known or not."""
    context = {"question": Question.of(request), "days": Alert.DAYS_TO_CONFIRM}
    return render(request, "search/alert_asked.html", context)


def _said_of(alert) -> dict:
    return {"alert": alert, "question": Question(alert.text, alert.chosen)}


FROM_LETTERS = {"model": Alert, "template": "search/alert", "said_of": _said_of}
