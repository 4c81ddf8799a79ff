"""The page that shows whether a certificate is genuine, and its paper."""

import re

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Certificate
from courses.models.certificate import GROUPS, LENGTH, LETTERS
from courses.runs import certificate_pdf, completion
from courses.runs.forms import RevokeForm
from courses.runs.permissions import may_confirm, may_lead

FORM_METHODS = ["GET", "HEAD", "POST"]


def plain(code) -> str:
    """``code`` as it stands on paper, however it was typed; empty when it can be none."""
    letters = re.sub(f"[^{LETTERS}]", "", code.upper())
    if len(letters) != GROUPS * LENGTH:
        return ""
    return "-".join(letters[i:i + LENGTH] for i in range(0, len(letters), LENGTH))


@require_safe
def look_up(request):
    """For who has a certificate on paper and types its code."""
    typed = request.GET.get("code", "").strip()
    if code := plain(typed):
        return redirect("certificate", code)
    return render(request, "courses/runs/look_up.html", {"typed": typed},
                  status=422 if typed else 200)


@require_safe
def certificate(request, code):
    """What anybody may see who has the code."""
    found = Certificate.objects.filter(code=code).select_related("enrolment__run").first()
    if found is None:
        return render(request, "courses/runs/no_certificate.html", {"code": code}, status=404)
    context = {
        "certificate": found, "may_print": may_print(request.user, found),
        "may_revoke": found.counts and _may_revoke(request.user, found),
        "may_erase": _may_erase(request.user, found),
    }
    return render(request, "courses/runs/certificate.html", context)


def certificate_or_404(code) -> Certificate:
    return get_object_or_404(Certificate.objects.select_related("enrolment__run"), code=code)


def may_print(user, certificate) -> bool:
    """The paper is for its holder and for those who lead the group; the page is for everybody."""
    enrolment = certificate.enrolment
    if enrolment is None or not certificate.counts or not user.is_authenticated:
        return False
    return enrolment.user_id == user.pk or may_lead(user, enrolment.run)


def _may_revoke(user, certificate) -> bool:
    return bool(certificate.enrolment) and may_confirm(user, certificate.enrolment.run)


def _may_erase(user, certificate) -> bool:
    """Only for a holder who has no account: others do it themselves, by leaving."""
    enrolment = certificate.enrolment
    return bool(
        enrolment and enrolment.user_id is None and not certificate.erased_at
        and may_confirm(user, enrolment.run)
    )


@never_cache
@login_required
@require_safe
def paper(request, code):
    found = certificate_or_404(code)
    if not may_print(request.user, found):
        raise PermissionDenied
    response = HttpResponse(certificate_pdf.pdf_of(found), content_type="application/pdf")
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
    if not _may_revoke(request.user, found):
        raise PermissionDenied
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        completion.revoke(found, form.cleaned_data["reason"])
        return redirect(found)
    context = {"certificate": found, "form": form}
    return render(request, "courses/runs/revoke.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def erase(request, code):
    """Take out the name, at the request of a holder without an account; asked once more."""
    found = certificate_or_404(code)
    if not _may_erase(request.user, found):
        raise PermissionDenied
    if request.method == "POST":
        completion.erase_name(found)
        return redirect(found)
    return render(request, "courses/runs/erase.html", {"certificate": found})
