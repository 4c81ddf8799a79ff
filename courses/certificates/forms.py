"""The form to revoke a certificate."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.forms.text_fields import TextField


class RevokeForm(forms.Form):
    reason = TextField(
        label=_("Why does it no longer count?"), max_length=255,
        help_text=_("Everybody who opens the certificate reads it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
