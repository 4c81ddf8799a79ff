"""Forms of the editor: parties with their members; reports and verifications on paper."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from hub.forms.text_fields import LongTextField
from policy.models import Clause
from policy.models.party import new_link_key


class PartyForm(WagtailAdminModelForm):
    """Members are typed, so that editors need no list of all users."""

    member_names = LongTextField(
        label=_("Who reports for the party"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sign-in names or e-mail addresses, one a line."),
    )
    revoke_links = forms.BooleanField(
        label=_("Make the links in letters sent so far useless"), required=False,
        help_text=_("When a letter came into wrong hands."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            names = self.instance.members.order_by("pk").values_list("username", flat=True)
            self.initial["member_names"] = "\n".join(names)

    def clean_member_names(self):
        """The named users. Each unknown or ambiguous name is a validation error."""
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
        if self.cleaned_data["revoke_links"]:
            self.instance.link_key = new_link_key()
        party = super().save(commit=commit)
        if commit:
            party.members.set(self.cleaned_data["member_names"])
        return party


def clause_choices():
    """Every clause of a live resolution, grouped by resolution, as (key, text)."""
    groups = {}
    clauses = (
        Clause.objects.filter(page__live=True, locale__language_code="th")
        .select_related("page")
        .order_by("page__path", "sort_order")
    )
    for clause in clauses:
        label = f"{clause.number}. {clause.text[:80]}"
        groups.setdefault(f"{clause.page.number} {clause.page.title}", []).append(
            (str(clause.translation_key), label)
        )
    return [("", "—"), *groups.items()]


class RecordForm(WagtailAdminModelForm):
    """A report or a verification that an editor enters, for example from a letter."""

    clause_key = forms.TypedChoiceField(
        label=_("clause"), choices=clause_choices, widget=forms.Select
    )
