"""Forms of the editor: parties with their members; reports and verifications on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from hub.forms.user_fields import UserNamesField
from policy.models import Clause
from policy.models.party import new_link_key


class PartyForm(WagtailAdminModelForm):
    """Members are typed, so that editors need no list of all users."""

    member_names = UserNamesField(label=_("Who reports for the party"), required=False)
    revoke_links = forms.BooleanField(
        label=_("Make the links in letters sent so far useless"), required=False,
        help_text=_("When a letter came into wrong hands."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["member_names"] = list(self.instance.members.order_by("pk"))

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
