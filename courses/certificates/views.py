"""Views of certificates: looking one up, its public page and PDF, issuing and revoking."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.certificates import issuing, pdf
from courses.certificates.forms import RevokeForm
from courses.certificates.permissions import may_download, may_erase_name, may_revoke
from courses.models import Certificate
from courses.models.certificate import ALPHABET, GROUP_COUNT, GROUP_LENGTH
from courses.runs.attendance import attendance_rows
from courses.runs.group_views import selected_pks
from courses.runs.permissions import for_leaders, may_confirm

FORM_METHODS = ["GET", "HEAD", "POST"]


def normalize_code(code) -> str:
    """``code`` in its printed form, however it was typed; "" when it cannot be a code."""
    characters = re.sub(f"[^{ALPHABET}]", "", code.upper())
    if len(characters) != GROUP_COUNT * GROUP_LENGTH:
        return ""
    return "-".join(
        characters[i:i + GROUP_LENGTH] for i in range(0, len(characters), GROUP_LENGTH)
    )


@require_safe
def look_up(request):
    """The form to check a certificate on paper by its code."""
    typed = request.GET.get("code", "").strip()
    if code := normalize_code(typed):
        return redirect("certificate", code)
    return render(request, "courses/certificates/look_up.html", {"typed": typed},
                  status=422 if typed else 200)


@require_safe
def certificate(request, code):
    """The public page, for anybody who has the code."""
    found = Certificate.objects.filter(code=code).select_related("enrolment__run").first()
    if found is None:
        return render(request, "courses/certificates/not_found.html", {"code": code}, status=404)
    context = {
        "certificate": found, "may_download": may_download(request.user, found),
        "may_revoke": found.is_valid and may_revoke(request.user, found),
        "may_erase": may_erase_name(request.user, found),
    }
    return render(request, "courses/certificates/certificate.html", context)


def certificate_or_404(code) -> Certificate:
    return get_object_or_404(Certificate.objects.select_related("enrolment__run"), code=code)


@never_cache
@login_required
@require_safe
def download(request, code):
    """The certificate as PDF."""
    found = certificate_or_404(code)
    if not may_download(request.user, found):
        raise PermissionDenied
    response = HttpResponse(pdf.pdf_of(found), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(
        True, f"certificate-{found.code}.pdf"
    )
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def revoke(request, code):
    found = certificate_or_404(code)
    if not may_revoke(request.user, found):
        raise PermissionDenied
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        issuing.revoke(found, form.cleaned_data["reason"])
        return redirect(found)
    context = {"certificate": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "courses/certificates/revoke.html", context, status=status)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def erase_name(request, code):
    """Erase the name of a holder without an account, after confirmation."""
    found = certificate_or_404(code)
    if not may_erase_name(request.user, found):
        raise PermissionDenied
    if request.method == "POST":
        issuing.erase_name(found)
        return redirect(found)
    return render(request, "courses/certificates/erase_name.html", {"certificate": found})


@for_leaders(may_confirm)
@require_http_methods(FORM_METHODS)
def complete(request, run):
    """Issue certificates: participants with enough attendance are preselected."""
    if request.method == "POST":
        issued = issuing.issue_and_notify(
            run, selected_pks(request.POST, "completed"), request.user
        )
        messages.success(request, ngettext(
            "%(number)d certificate was issued.", "%(number)d certificates were issued.",
            len(issued),
        ) % {"number": len(issued)})
        return redirect("group", run.pk)
    context = {"run": run, "rows": attendance_rows(run)}
    return render(request, "courses/certificates/complete.html", context)
