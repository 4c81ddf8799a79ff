"""The pages of alerts: the form, confirming, stopping. None of them is ever kept in a cache."""

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from hub.middleware import bad_request
from hub.navigation import site_of
from search import alerts
from search.models import Alert
from search.question import Question

FORM_METHODS = ["GET", "HEAD", "POST"]


class AlertForm(forms.Form):
    """Where to write, and how often. ``website`` is for robots: people do not see it."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": gettext_lazy("Write your e-mail address."),
            "invalid": gettext_lazy("This does not look like an e-mail address."),
        },
    )
    every = forms.ChoiceField(
        choices=Alert.Every.choices, initial=Alert.Every.WEEK,
        error_messages={"required": gettext_lazy("Choose how often.")},
    )
    website = forms.CharField(required=False)


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
            if not alerts.may_ask(request):
                status = 429
                problem = _("Too many alerts were asked for from here. Try again in an hour.")
            else:
                if not said["website"]:
                    alerts.ask(question, site, said["email"], get_language(), said["every"])
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


# The address of the two pages below is the secret that only the letter's reader has, so they need
# no token against forgery, and mail programs that stop an alert by one click could not send one.


@never_cache
@csrf_exempt
@require_http_methods(FORM_METHODS)
def confirm(request, token):
    """Asks for one click: programs that look into letters open links, but press no buttons."""
    alert = alerts.waiting_for(token)
    if alert is None:
        return render(request, "search/alert_gone.html", status=404)
    if request.method == "POST":
        alerts.confirm(alert)
        alert.refresh_from_db()
    return render(request, "search/alert_confirm.html", _said_of(alert))


@never_cache
@csrf_exempt
@require_http_methods(FORM_METHODS)
def stop(request, token):
    """One click in the mail program (a POST, RFC 8058) or here; done twice, it is done."""
    key = alerts.key_of(token)
    if key is None:
        return render(request, "search/alert_gone.html", status=404)
    alert = Alert.objects.filter(key=key).first()
    context = _said_of(alert) if alert else {}
    others = alert and Alert.objects.filter(email=alert.email).exclude(pk=alert.pk).count()
    if request.method == "POST":
        alerts.stop(key, every_one="all" in request.POST)
        alert = None
    return render(request, "search/alert_stop.html", context | {"alert": alert, "others": others})


def _said_of(alert) -> dict:
    return {"alert": alert, "question": Question(alert.text, alert.chosen)}
