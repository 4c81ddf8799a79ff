"""The form that requests a subscription, and the pages that the links in its e-mails open.

The URL of those pages is a secret that only the reader of the e-mail has, so they need no CSRF
token, which one-click unsubscribing of mail programs could not send. ``template`` is the prefix of
an app's own templates: ``…_confirm.html``, ``…_stop.html``,
``…_gone.html``. ``context_of(subscription)`` is their context.
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
    """The e-mail address. ``website`` is a honeypot: people do not see it."""

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
def confirm(request, model, token, template, context_of):
    """Ask for one click: programs that scan e-mails open links, but press no buttons."""
    subscription = model.from_confirm_token(token)
    if subscription is None:
        return render(request, f"{template}_gone.html", status=404)
    if request.method == "POST":
        subscription.confirm()
        subscription.refresh_from_db()
    return render(request, f"{template}_confirm.html", context_of(subscription))


@never_cache
@csrf_exempt
@require_http_methods(FORM_METHODS)
def stop(request, model, token, template, context_of):
    """Unsubscribe by one click in the mail program (a POST, RFC 8058) or here; idempotent."""
    key = model.key_of(token)
    if key is None:
        return render(request, f"{template}_gone.html", status=404)
    subscription = model.objects.filter(key=key).first()
    context = context_of(subscription) if subscription else {}
    others = subscription and subscription.others()
    if request.method == "POST":
        model.stop(key, all_of_address="all" in request.POST)
        subscription = None
    return render(request, f"{template}_stop.html",
                  context | {"subscription": subscription, "others": others})
