"""A form field for users, typed so that editors need no list of all of them."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hub.forms.text_fields import LongTextField


class UserNamesField(LongTextField):
    """Sign-in names or e-mail addresses, one a line; cleans to a list of active users.

    Each unknown or ambiguous name is an error. ``initial`` may be a list of users.
    """

    def __init__(self, **options):
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        options.setdefault("help_text", _("Sign-in names or e-mail addresses, one a line."))
        super().__init__(**options)

    def prepare_value(self, value):
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(user.get_username() for user in value)

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value):
        users, problems = [], []
        for name in filter(None, map(str.strip, super().clean(value).splitlines())):
            found = list(
                get_user_model().objects.filter(is_active=True)
                .filter(Q(username=name) | Q(email__iexact=name))
            )
            exact = [user for user in found if user.get_username() == name] or found
            if len(exact) == 1:
                users += exact
            else:
                problems.append(
                    (_("Several people have the address %(name)s: give the sign-in name.")
                     if exact else _("Nobody signs in as %(name)s.")) % {"name": name}
                )
        if problems:
            raise ValidationError(problems)
        return users
