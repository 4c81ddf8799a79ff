"""The form by which letters are asked for, and the pages that their links lead to.

The address of those pages is the secret that only the letter's reader has, so they need no token
against forgery, and mail programs that stop letters by one click could not send one. ``template``
is how the names of an app's own templates begin: ``…_confirm.html``, ``…_stop.html``,
``…_gone.html``. ``said_of(subscription)`` is their context.
"""

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hub.forms.text_fields import TextField

FORM_METHODS = ["GET", "HEAD", "POST"]


class SubscriptionForm(forms.Form):
    """Where to write. ``website`` is for robots: people do not see it."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": _("Write your e-mail address."),
            "invalid": _("This does not look like an e-mail address."),
        },
    )
    website = TextField(required=False)


@never_cache
@csrf_exempt
@require_http_methods(FORM_METHODS)
def confirm(request, model, token, template, said_of):
    """Asks for one click: programs that look into letters open links, but press no buttons."""
    subscription = model.waiting_for(token)
    if subscription is None:
        return render(request, f"{template}_gone.html", status=404)
    if request.method == "POST":
        subscription.confirm()
        subscription.refresh_from_db()
    return render(request, f"{template}_confirm.html", said_of(subscription))


@never_cache
@csrf_exempt
@require_http_methods(FORM_METHODS)
def stop(request, model, token, template, said_of):
    """One click in the mail program (a POST, RFC 8058) or here; done twice, it is done."""
    key = model.key_of(token)
    if key is None:
        return render(request, f"{template}_gone.html", status=404)
    subscription = model.objects.filter(key=key).first()
    context = said_of(subscription) if subscription else {}
    others = subscription and subscription.others()
    if request.method == "POST":
        model.stop(key, every_one="all" in request.POST)
        subscription = None
    return render(request, f"{template}_stop.html",
                  context | {"subscription": subscription, "others": others})
