"""Recording an adoption: an editor creates the resolution, which is reviewed before publication."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.forms.date_fields import DateField
from hub.forms.text_fields import TextField
from policy.deliberation.adoption import create_resolution, undecided_amendments
from policy.deliberation.forms import PublicForm, text_area
from policy.deliberation.participation import redirect_to_sign_in
from policy.models import ResolutionPage
from policy.models.clause_terms import number_is_taken, taken_message
from policy.permissions import may_adopt

VOTES = ("votes_for", "votes_against", "votes_abstained")


class AdoptionForm(PublicForm):
    number = TextField(label=_("Number of the resolution"), max_length=20,
                             help_text=_("E.g. 2/1."))
    adopted_on = DateField(
        label=_("Adopted on"), initial=timezone.localdate,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    adoption = forms.ChoiceField(
        label=_("How it was adopted"), choices=ResolutionPage.Adoption.choices,
        widget=forms.RadioSelect,
    )
    votes_for = forms.IntegerField(label=_("votes for"), min_value=0, max_value=10**6,
                                   required=False)
    votes_against = forms.IntegerField(label=_("votes against"), min_value=0, max_value=10**6,
                                       required=False)
    votes_abstained = forms.IntegerField(label=_("abstained"), min_value=0, max_value=10**6,
                                         required=False)
    minority_view = text_area(_("minority view"), rows=3, required=False)

    def __init__(self, *args, assembly=None, **options):
        super().__init__(*args, **options)
        self.assembly = assembly

    def clean_number(self):
        number = self.cleaned_data["number"]
        if number_is_taken(self.assembly, number):
            raise ValidationError(taken_message(number))
        return number

    def clean(self):
        values = super().clean()
        if values.get("adoption") == ResolutionPage.Adoption.VOTE:
            for name in VOTES:
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Count these votes; 0 when there were none."))
        elif any(values.get(name) is not None for name in VOTES):
            self.add_error("adoption", _("Votes are counted only when there is a vote."))
        return values


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request, draft):
    """The form; then the editor's page of the new resolution, to review and publish."""
    if not request.user.is_authenticated:
        return redirect_to_sign_in(request)
    if not may_adopt(draft, request.user):
        raise PermissionDenied
    if resolution := draft.adopted_as:
        return redirect(reverse("wagtailadmin_pages:edit", args=[resolution.pk]))
    form, status = AdoptionForm(request.POST or None, assembly=draft.assembly), 200
    undecided = undecided_amendments(draft).count()
    if request.method == "POST":
        status = 422
        if not undecided and form.is_valid():
            resolution = create_resolution(draft, request.user, **form.contents)
            return redirect(reverse("wagtailadmin_pages:edit", args=[resolution.pk]))
    context = {"page": draft, "form": form, "undecided": undecided}
    return render(request, "policy/deliberation/adoption_form.html", context, status=status)
