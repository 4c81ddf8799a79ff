"""The editor's page that amends a published resolution."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.auth import permission_denied

from policy.amendments.amending import amend
from policy.amendments.forms import AmendmentForm
from policy.ledger.amendments import amendments_of
from policy.models import ResolutionPage
from policy.models.clause_terms import original_of, terms_of_resolution
from policy.permissions import may_amend


@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request, resolution):
    """The form with every published clause; on POST the amendment, in all languages at once."""
    page = get_object_or_404(ResolutionPage, pk=resolution, alias_of=None)
    page = original_of(page) or page
    if not may_amend(request.user, page):
        return permission_denied(request)
    terms = terms_of_resolution(page)
    if not terms:
        raise Http404
    form = AmendmentForm(request.POST if request.method == "POST" else None, terms=terms)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                amend(page, form.changes, user=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _(
                    "The resolution was amended. The history keeps what its clauses said before."))
                return redirect("wagtailadmin_pages:edit", page.pk)
    return render(request, "policy/amendments/amendment.html", {
        "page": page, "form": form, "amendments": amendments_of(page.translation_key),
        "header_icon": "edit", "header_title": page.title, "page_title": _("Amend the resolution"),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_pages:edit", args=[page.pk]), "label": page.title},
            {"url": "", "label": _("Amend the resolution")},
        ],
    }, status=status)
