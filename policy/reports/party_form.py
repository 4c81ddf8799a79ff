"""The editor's form of a party: who reports for it, by name or e-mail, one a line."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from hub.forms.text_fields import LongTextField
from policy.models.party import new_key


class PartyForm(WagtailAdminModelForm):
    """Members are typed, not chosen from a list of everybody."""

    member_names = LongTextField(
        label=_("Who reports for the party"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sign-in names or e-mail addresses, one a line."),
    )
    has_new_key = forms.BooleanField(
        label=_("Make the links in letters sent so far useless"), required=False,
        help_text=_("When a letter came into wrong hands."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            names = self.instance.members.order_by("pk").values_list("username", flat=True)
            self.initial["member_names"] = "\n".join(names)

    def clean_member_names(self):
        """The users that are named; every name that is nobody's, or several people's, is told."""
        members, problems = [], []
        for name in filter(None, map(str.strip, self.cleaned_data["member_names"].splitlines())):
            found = list(
                get_user_model().objects.filter(is_active=True)
                .filter(Q(username=name) | Q(email__iexact=name))
            )
            exact = [user for user in found if user.username == name] or found
            if len(exact) == 1:
                members += exact
            else:
                problems.append(
                    (_("Several people have the address %(name)s: give the sign-in name.")
                     if exact else _("Nobody signs in as %(name)s.")) % {"name": name}
                )
        if problems:
            raise ValidationError(problems)
        return members

    def save(self, commit=True):
        if self.cleaned_data["has_new_key"]:
            self.instance.key = new_key()
        party = super().save(commit=commit)
        if commit:
            party.members.set(self.cleaned_data["member_names"])
        return party
