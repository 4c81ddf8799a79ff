"""Recording an adoption: an editor's action; the resolution is reviewed before it is published."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.forms.date_fields import DateField
from hub.forms.text_fields import TextField
from policy.deliberation.adoption import adopt as make_resolution
from policy.deliberation.adoption import undecided_of
from policy.deliberation.forms import PublicForm, long_text
from policy.deliberation.participation import sign_in_first
from policy.models import ResolutionPage


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
    minority_view = long_text(_("minority view"), rows=3, required=False)

    def clean(self):
        said = super().clean()
        votes = ("votes_for", "votes_against", "votes_abstained")
        if said.get("adoption") == ResolutionPage.Adoption.VOTE:
            for name in votes:
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Count these votes; 0 when there were none."))
        elif any(said.get(name) is not None for name in votes):
            self.add_error("adoption", _("Votes are counted only when there is a vote."))
        return said


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request, draft):
    """The form; then the editor's page of the new resolution, to review and publish."""
    from policy.deliberation.secretariat_views import may_adopt

    if not request.user.is_authenticated:
        return sign_in_first(request)
    if not may_adopt(draft, request.user):
        raise PermissionDenied
    if made := draft.adopted_as:
        return redirect(reverse("wagtailadmin_pages:edit", args=[made.pk]))
    form, status = AdoptionForm(request.POST or None), 200
    undecided = undecided_of(draft).count()
    if request.method == "POST":
        status = 422
        if not undecided and form.is_valid():
            said = {k: v for k, v in form.cleaned_data.items() if k != "website"}
            made = make_resolution(draft, request.user, **said)
            return redirect(reverse("wagtailadmin_pages:edit", args=[made.pk]))
    context = {"page": draft, "form": form, "undecided": undecided}
    return render(request, "policy/adopt.html", context, status=status)
