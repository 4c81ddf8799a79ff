"""Pages for members who report replications: the form, their reports, their photos."""

import uuid
from itertools import zip_longest

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hub.models import KnowledgePage
from hub.web.rate_limit import DAY, HOUR, hit
from models_lib.models import ReplicationContact, ReplicationPhoto, ReplicationReport
from models_lib.replications.form import ReplicationForm
from models_lib.replications.photos import save_photos
from models_lib.replications.submission import submit

MAX_SENT_PER_DAY = 10
MAX_SAVED_PER_HOUR = 60
MAX_UNSENT = 20  # reports of one person


@never_cache
def replicate(request, model, key=None):
    """The form of a report about ``model``: a new one or, with ``key``, an existing one.

    Everything that was typed and uploaded is stored with the report before it is validated.
    """
    if not KnowledgePage.objects.open_to_all().filter(pk=model.pk).exists():
        raise Http404
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        return _post(request, model, key)
    if key is None:
        unsent = model.reports.filter(reporter=request.user).unsent().order_by("-changed_at")
        report = ReplicationReport(model=model, reporter=request.user)
        return _render(request, report, ReplicationForm(model=model), unsent=unsent.first())
    report = get_object_or_404(model.reports, key=key, reporter=request.user)
    if not report.is_editable:
        return redirect("replications_mine")
    return _render(request, report, _stored_form(report))


def _post(request, model, key):
    """Store what was posted; submit it if that was asked for and it is valid."""
    if request.POST.get("website"):
        return redirect("replications_mine")
    if key is None:
        try:
            key = uuid.UUID(request.POST.get("key", ""))
        except ValueError:
            key = uuid.uuid4()
    report = _locked_report(request, model, key)
    if report is None:
        unsaved = ReplicationReport(key=key, model=model, reporter=request.user)
        form = ReplicationForm(request.POST, model=model)
        return _render(request, unsaved, form, status=429, error=_(
            "Too many reports wait to be sent, or were saved, from here. Send or delete some of "
            "them, or try again in an hour."
        ))
    if not report.is_editable:  # sent twice
        return redirect(f"{reverse('replications_mine')}#report-{report.pk}")
    if "delete" in request.POST and report.sent_at is None:
        report.delete()
        return redirect("replications_mine")
    photo_errors, alt_texts = save_photos(report, request.FILES, request.POST)
    form = _bound_form(request, report)
    report.answers = form.answers()
    report.save()
    ReplicationContact.objects.update_or_create(report=report, defaults=form.contact())
    if "save" in request.POST and not photo_errors:
        return redirect(f"{report.address}?saved")
    if not form.is_valid() or photo_errors:
        return _render(request, report, form, status=422, photo_errors=photo_errors,
                       alt_texts=alt_texts)
    if hit("replication sent", request.user.pk, DAY) > MAX_SENT_PER_DAY:
        return _render(request, report, form, status=429, error=_(
            "You sent many reports today. This one is kept: send it tomorrow."
        ))
    submit(report, form.cleaned_data)
    return redirect(f"{reverse('replications_mine')}?sent#report-{report.pk}")


def _locked_report(request, model, key):
    """The user's report, locked, created if it is new; None if a limit is exceeded."""
    if hit("replication saved", request.user.pk, HOUR) > MAX_SAVED_PER_HOUR:
        return None
    reports = request.user.replication_reports
    if not reports.filter(key=key).exists() and reports.unsent().count() >= MAX_UNSENT:
        return None
    with transaction.atomic():
        ReplicationReport.objects.get_or_create(
            key=key, defaults={"model": model, "reporter": request.user}
        )
    report = ReplicationReport.objects.get_locked(key=key, model=model, reporter=request.user)
    if report is None:  # somebody else's
        raise Http404
    return report


def _bound_form(request, report) -> ReplicationForm:
    """The form with the posted values, and the alternative texts of all stored photos."""
    data = request.POST.copy()
    photos = list(report.photos.all())
    for photo in photos:
        data[f"alt-{photo.pk}"] = photo.alt_text
    return ReplicationForm(data, model=report.model, photos=photos)


def _stored_form(report) -> ReplicationForm:
    """The unbound form with the stored answers."""
    initial = dict(report.answers)
    if contact := ReplicationContact.objects.filter(report=report).first():
        initial |= {f"contact_{name}": getattr(contact, name) for name in (
            "name", "phone", "email")}
    photos = list(report.photos.all())
    initial |= {f"alt-{photo.pk}": photo.alt_text for photo in photos}
    return ReplicationForm(initial=initial, model=report.model, photos=photos)


def _render(request, report, form, status=200, alt_texts=(), **context):
    """The form; ``alt_texts`` belong to photos that were not saved."""
    free = range(1, ReplicationPhoto.MAX_PER_REPORT + 1 - len(form.photos))
    slots = list(zip_longest(free, alt_texts[: len(free)], fillvalue=""))
    return render(request, "models_lib/replications/form.html", context | {
        "report": report, "form": form, "model": report.model, "slots": slots,
        "max_photos": ReplicationPhoto.MAX_PER_REPORT, "saved": "saved" in request.GET,
        "action": report.address if report.pk else request.path,
    }, status=status)


@never_cache
@login_required
@require_safe
def mine(request):
    """The user's reports with their states."""
    reports = ReplicationReport.objects.reported_by(request.user)
    return render(request, "models_lib/replications/my_reports.html", {
        "reports": reports, "sent": "sent" in request.GET,
    })


@never_cache
@login_required
@require_safe
def photo(request, pk):
    """A photo of one of the user's reports."""
    found = get_object_or_404(ReplicationPhoto, pk=pk, report__reporter=request.user)
    response = FileResponse(found.file.open(), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response
