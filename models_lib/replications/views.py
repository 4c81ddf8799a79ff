"""The pages of those who report a replication: the form, their own reports, their own photos."""

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
from models_lib.replications import moderation, photos
from models_lib.replications.form import ReplicationForm

SENT_A_DAY = 10
SAVED_AN_HOUR = 60
UNSENT = 20  # reports of one person that wait to be sent


@never_cache
def replicate(request, model, key=None):
    """The form of a report of ``model``: a new one or, with its ``key``, one begun before.

    Whatever was typed and uploaded is kept with the report before anything is judged.
    """
    if not KnowledgePage.objects.open_to_all().filter(pk=model.pk).exists():
        raise Http404
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        return _take(request, model, key)
    if key is None:
        mine = model.reports.filter(reporter=request.user).unsent().order_by("-changed_at")
        report = ReplicationReport(model=model, reporter=request.user)
        return _show(request, report, ReplicationForm(model=model), begun=mine.first())
    report = get_object_or_404(model.reports, key=key, reporter=request.user)
    if not report.may_be_written:
        return redirect("replications_mine")
    return _show(request, report, _form_of(report))


def _take(request, model, key):
    """Keep what was posted, and send it when asked to and when nothing is missing."""
    if request.POST.get("website"):
        return redirect("replications_mine")
    if key is None:
        try:
            key = uuid.UUID(request.POST.get("key", ""))
        except ValueError:
            key = uuid.uuid4()
    report = _kept(request, model, key)
    if report is None:
        fresh = ReplicationReport(key=key, model=model, reporter=request.user)
        form = ReplicationForm(request.POST, model=model)
        return _show(request, fresh, form, status=429, problem=_(
            "Too many reports wait to be sent, or were saved, from here. Send or delete some of "
            "them, or try again in an hour."
        ))
    if not report.may_be_written:  # sent twice
        return redirect(f"{reverse('replications_mine')}#report-{report.pk}")
    if "delete" in request.POST and report.sent_at is None:
        report.delete()
        return redirect("replications_mine")
    wrong, words = photos.take_in(report, request.FILES, request.POST)
    form = _bound(request, report)
    report.typed = form.typed()
    report.save()
    ReplicationContact.objects.update_or_create(report=report, defaults=form.typed_contact())
    if "save" in request.POST and not wrong:
        return redirect(f"{report.address}?saved")
    if not form.is_valid() or wrong:
        return _show(request, report, form, status=422, wrong=wrong, words=words)
    if hit("replication sent", request.user.pk, DAY) > SENT_A_DAY:
        return _show(request, report, form, status=429, problem=_(
            "You sent many reports today. This one is kept: send it tomorrow."
        ))
    moderation.send(report, form.cleaned_data)
    return redirect(f"{reverse('replications_mine')}?sent#report-{report.pk}")


def _kept(request, model, key):
    """The report that is written on, locked; made when it is new. None when that is too much."""
    if hit("replication saved", request.user.pk, HOUR) > SAVED_AN_HOUR:
        return None
    mine = request.user.replication_reports
    if not mine.filter(key=key).exists() and mine.unsent().count() >= UNSENT:
        return None
    with transaction.atomic():
        ReplicationReport.objects.get_or_create(
            key=key, defaults={"model": model, "reporter": request.user}
        )
    report = ReplicationReport.objects.locked(key=key, model=model, reporter=request.user)
    if report is None:  # somebody else's
        raise Http404
    return report


def _bound(request, report) -> ReplicationForm:
    """The form with what was posted; words of new photos stand at their new places."""
    data = request.POST.copy()
    kept = list(report.photos.all())
    for photo in kept:
        data[f"alt-{photo.pk}"] = photo.alt_text
    return ReplicationForm(data, model=report.model, photos=kept)


def _form_of(report) -> ReplicationForm:
    """The form as it was left."""
    initial = dict(report.typed)
    if contact := ReplicationContact.objects.filter(report=report).first():
        initial |= {f"contact_{name}": getattr(contact, name) for name in (
            "name", "phone", "email")}
    kept = list(report.photos.all())
    initial |= {f"alt-{photo.pk}": photo.alt_text for photo in kept}
    return ReplicationForm(initial=initial, model=report.model, photos=kept)


def _show(request, report, form, status=200, words=(), **context):
    """The form; ``words`` are those for pictures that were not taken."""
    free = range(1, ReplicationPhoto.MOST + 1 - len(form.photos))
    slots = list(zip_longest(free, words[: len(free)], fillvalue=""))
    return render(request, "models_lib/replicate.html", context | {
        "report": report, "form": form, "model": report.model, "slots": slots,
        "most": ReplicationPhoto.MOST, "saved": "saved" in request.GET,
        "action": report.address if report.pk else request.path,
    }, status=status)


@never_cache
@login_required
@require_safe
def mine(request):
    """Reports of the reader and what became of them."""
    reports = ReplicationReport.objects.of(request.user)
    return render(request, "models_lib/my_reports.html", {
        "reports": reports, "sent": "sent" in request.GET,
    })


@never_cache
@login_required
@require_safe
def photo(request, pk):
    """A photo of the reader's own report."""
    found = get_object_or_404(ReplicationPhoto, pk=pk, report__reporter=request.user)
    response = FileResponse(found.file.open(), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response
