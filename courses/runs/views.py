"""The public pages of runs, and what somebody does who takes part."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import CourseRun, GroupFile
from courses.runs import calendar
from courses.runs import enrolment as enrolling
from courses.runs.forms import DetailsForm, EnrolForm
from courses.runs.permissions import enrolment_of, may_lead, opened_run, run_or_404
from hub.models import Area
from hub.web.rate_limit import HOUR, hit

FORM_METHODS = ["GET", "HEAD", "POST"]
MOST_AN_HOUR = 20  # enrolments that one person sends


@require_safe
def overview(request):
    """All coming runs by date, of one district if wished."""
    runs = CourseRun.objects.public().coming().select_related("curriculum", "area__parent")
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
    """The district that ``area`` lies in; the province where it is one."""
    return area.parent if area and len(area.geocode) > 4 else area


def by_month(runs) -> list[tuple[date, list]]:
    months = {}
    for run in runs:
        months.setdefault(run.first.replace(day=1), []).append(run)
    return list(months.items())


@require_safe
def run_page(request, pk):
    run = opened_run(request, pk)
    enrolment = enrolment_of(request.user, run)
    context = {
        "run": run, "enrolment": enrolment if enrolment and enrolment.is_current else None,
        "leads": may_lead(request.user, run),
        # By name only: a sign-in name may be an e-mail address.
        "facilitators": [
            name for user in run.facilitators.order_by("pk") if (name := user.get_full_name())
        ],
    }
    return render(request, "courses/runs/run.html", context)


@require_safe
def run_calendar(request, pk):
    return calendar.respond_with(opened_run(request, pk))


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def enrol(request, pk):
    """The form to enrol; for who is in already, to change what she said."""
    run = opened_run(request, pk)
    enrolment = enrolment_of(request.user, run)
    is_in = bool(enrolment and enrolment.is_current)
    if not is_in and not run.takes_people:
        return render(request, "courses/runs/not_open.html", {"run": run}, status=409)
    status, problem = 200, ""
    form = EnrolForm(request.user, request.POST or None, instance=enrolment)
    if request.method == "POST":
        if hit("enrol", request.user.pk, HOUR) > MOST_AN_HOUR:
            status, problem = 429, _("Too much was sent from here. Try again in an hour.")
        elif not form.is_valid():
            status = 422
        elif form.cleaned_data["website"]:
            return redirect(run)
        else:
            details = {name: form.cleaned_data[name] for name in DetailsForm.Meta.fields}
            try:
                enrolling.enrol(run, request.user, details)
                return redirect("my_run", run.pk)
            except enrolling.CannotEnrol:
                status = 409
                problem = _("You cannot enrol yourself here now. Please ask the organisers.")
    context = {"run": run, "form": form, "problem": problem, "is_in": is_in}
    return render(request, "courses/runs/enrol.html", context, status=status)


def enrolled_or_404(request, pk):
    """The run and the place in it of who asks; 404 for everybody else."""
    run = run_or_404(pk)
    enrolment = enrolment_of(request.user, run)
    if enrolment is None or not enrolment.is_current:
        raise Http404
    enrolment.run = run
    return run, enrolment


@never_cache
@login_required
@require_safe
def mine(request, pk):
    """One's own page of a run: seat or place in line, messages and files, what one attended."""
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
    return render(request, "courses/runs/mine.html", context)


@never_cache
@login_required
@require_http_methods(FORM_METHODS)
def leave(request, pk):
    """Giving the seat back; asked once more, because the next in line gets it."""
    run, enrolment = enrolled_or_404(request, pk)
    if run.is_over:
        raise Http404
    if request.method == "POST":
        enrolling.leave(enrolment)
        return redirect(run)
    return render(request, "courses/runs/leave.html", {"run": run, "enrolment": enrolment})


@never_cache
@login_required
@require_safe
def group_file(request, pk, file):
    """A file of the group, for those who have a seat in it and those who lead it."""
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
