"""The public pages of runs, and the pages of participants."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import CourseRun, GroupFile
from courses.runs import calendar
from courses.runs import enrolment as enrolments
from courses.runs.forms import DetailsForm, EnrolForm
from courses.runs.permissions import enrolment_of, may_lead, open_run_or_404, run_or_404
from hub.models import Area
from hub.web.rate_limit import HOUR, hit

FORM_METHODS = ["GET", "HEAD", "POST"]
MAX_PER_HOUR = 20  # enrolments sent by one user


@require_safe
def overview(request):
    """All upcoming runs by date, optionally of one district."""
    runs = CourseRun.objects.public().upcoming().with_seats()
    runs = runs.select_related("curriculum", "area__parent")
    runs = list(runs.prefetch_related("meetings"))
    districts = {}
    for run in runs:
        if district := district_of(run.area):
            districts[district.geocode] = district
    chosen = request.GET.get("area", "")
    shown = [
        run for run in runs
        if not chosen or (run.area and run.area.geocode.startswith(chosen))
    ]
    context = {
        "months": by_month(shown), "chosen": chosen,
        "districts": sorted(districts.values(), key=lambda area: area.geocode),
    }
    return render(request, "courses/runs/overview.html", context)


def district_of(area) -> Area | None:
    """The district that contains ``area``; ``area`` itself if it is a district or province."""
    return area.parent if area and len(area.geocode) > 4 else area


def by_month(runs) -> list[tuple[date, list]]:
    months = {}
    for run in runs:
        months.setdefault(run.first.replace(day=1), []).append(run)
    return list(months.items())


@require_safe
def run_page(request, pk):
    run = open_run_or_404(request, pk)
    enrolment = enrolment_of(request.user, run)
    context = {
        "run": run, "enrolment": enrolment if enrolment and enrolment.is_current else None,
        "leads": may_lead(request.user, run),
        # Full names only: a username may be an e-mail address.
        "facilitators": [
            name for user in run.facilitators.order_by("pk") if (name := user.get_full_name())
        ],
    }
    return render(request, "courses/runs/run.html", context)


@require_safe
def run_calendar(request, pk):
    return calendar.calendar_response(open_run_or_404(request, pk))


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def enrol(request, pk):
    """The form to enrol, or to change the details of an enrolment."""
    run = open_run_or_404(request, pk)
    enrolment = enrolment_of(request.user, run)
    is_in = bool(enrolment and enrolment.is_current)
    if not is_in and not run.is_accepting_enrolments:
        return render(request, "courses/runs/not_open.html", {"run": run}, status=409)
    status, problem = 200, ""
    form = EnrolForm(request.user, request.POST or None, instance=enrolment)
    if request.method == "POST":
        if hit("enrol", request.user.pk, HOUR) > MAX_PER_HOUR:
            status, problem = 429, _("Too much was sent from here. Try again in an hour.")
        elif not form.is_valid():
            status = 422
        elif form.cleaned_data["website"]:
            return redirect(run)
        else:
            details = {name: form.cleaned_data[name] for name in DetailsForm.Meta.fields}
            try:
                enrolments.enrol(run, request.user, details)
                return redirect("my_run", run.pk)
            except enrolments.CannotEnrol:
                status = 409
                problem = _("You cannot enrol yourself here now. Please ask the organisers.")
    context = {"run": run, "form": form, "problem": problem, "is_in": is_in}
    return render(request, "courses/runs/enrol.html", context, status=status)


def enrolled_or_404(request, pk):
    """The run and the enrolment of the user. Raises Http404 for users who do not take part."""
    run = run_or_404(pk)
    enrolment = enrolment_of(request.user, run)
    if enrolment is None or not enrolment.is_current:
        raise Http404
    enrolment.run = run
    return run, enrolment


@never_cache
@login_required
@require_safe
def my_run(request, pk):
    """A participant's page of a run: seat or waiting list, messages, files and attendance."""
    run, enrolment = enrolled_or_404(request, pk)
    attended = set(enrolment.attendances.values_list("meeting_id", flat=True))
    context = {
        "run": run, "enrolment": enrolment,
        "meetings": [(meeting, meeting.pk in attended) for meeting in run.meeting_list],
        "attended": len(attended),
        "posts": run.posts.select_related("author").prefetch_related("files")
        if enrolment.is_enrolled else [],
        "certificates": enrolment.certificates.order_by("-issued_at"),
    }
    return render(request, "courses/runs/my_run.html", context)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def leave(request, pk):
    """Give the seat back, after confirmation: the next in line gets it."""
    run, enrolment = enrolled_or_404(request, pk)
    if run.is_over:
        raise Http404
    if request.method == "POST":
        enrolments.leave(enrolment)
        return redirect(run)
    return render(request, "courses/runs/leave.html", {"run": run, "enrolment": enrolment})


@never_cache
@login_required
@require_safe
def group_file(request, pk, file):
    """A file of the group, for participants with a seat and leaders."""
    run = get_object_or_404(CourseRun, pk=pk)
    found = get_object_or_404(GroupFile, pk=file, post__run=run)
    enrolment = enrolment_of(request.user, run)
    if not (enrolment and enrolment.is_enrolled) and not may_lead(request.user, run):
        raise Http404
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=found.title)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response
