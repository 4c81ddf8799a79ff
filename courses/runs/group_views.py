"""The group of a run for its leaders: participants, attendance and messages."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import Enrolment, GroupFile, GroupPost
from courses.runs import attendance, emails, group_list
from courses.runs import enrolment as enrolments
from courses.runs.forms import AddForm, DetailsForm, PostForm
from courses.runs.permissions import for_leaders, may_confirm
from hub.export.tables import csv_response, xlsx_response
from hub.files.names import safe_filename
from hub.web.rate_limit import HOUR, hit

FORM_METHODS = ["GET", "HEAD", "POST"]
DUPLICATE_WINDOW = timedelta(minutes=5)
MAX_PER_HOUR = 30  # messages of one user, each an e-mail to everybody in the group


@for_leaders()
@require_safe
def group(request, run):
    context = {
        "run": run, "rows": attendance.attendance_rows(run),
        "waiting": run.enrolments.waiting().select_related("user", "organisation"),
        "posts": run.posts.select_related("author").prefetch_related("files"),
        "may_confirm": may_confirm(request.user, run),
    }
    return render(request, "courses/runs/group/group.html", context)


@for_leaders()
@require_http_methods(FORM_METHODS)
def meeting(request, run, meeting):
    """Record who came: one checkbox for each participant."""
    found = get_object_or_404(run.meetings.all(), pk=meeting)
    found.run = run
    if request.method == "POST":
        attendance.record(found, selected_pks(request.POST, "came"))
        messages.success(request, _("It is saved who came."))
        return redirect("group", run.pk)
    came = set(found.attendances.values_list("enrolment_id", flat=True))
    people = run.enrolments.enrolled().order_by("name", "pk")
    context = {
        "run": run, "meeting": found, "people": [(one, one.pk in came) for one in people],
    }
    return render(request, "courses/runs/group/meeting.html", context)


def selected_pks(data, name) -> set[int]:
    """The primary keys among the values of ``name``; other values are ignored."""
    values = data.getlist(name)
    return {int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 19}


@for_leaders()
@require_http_methods(FORM_METHODS)
def add(request, run):
    form, status, problem = AddForm(request.POST or None), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            details = {name: data[name] for name in DetailsForm.Meta.fields}
            try:
                added = enrolments.add(run, form.user, details, has_consented=data["agreed"])
            except enrolments.CannotEnrol:
                problem, status = _("This person is on the list already."), 409
            else:
                messages.success(
                    request,
                    _("%(name)s has a seat.") % {"name": added.name} if added.is_enrolled
                    else _("%(name)s is on the waiting list.") % {"name": added.name},
                )
                return redirect("group", run.pk)
    context = {"run": run, "form": form, "problem": problem}
    return render(request, "courses/runs/group/add.html", context, status=status)


@for_leaders()
@require_http_methods(FORM_METHODS)
def remove(request, run, enrolment):
    """Remove a participant, after confirmation: the next in line gets the seat."""
    found = get_object_or_404(run.enrolments.current(), pk=enrolment)
    found.run = run
    if request.method == "POST":
        enrolments.leave(found, Enrolment.State.REMOVED)
        messages.success(request, _("%(name)s is off the list.") % {"name": found.name})
        return redirect("group", run.pk)
    return render(request, "courses/runs/group/remove.html", {"run": run, "enrolment": found})


@for_leaders()
@require_http_methods(FORM_METHODS)
def send(request, run):
    """Send a message or files to everybody who has a seat."""
    form, status, problem = PostForm(request.POST or None, request.FILES or None), 200, ""
    if request.method == "POST":
        if hit("group message", request.user.pk, HOUR) > MAX_PER_HOUR:
            status, problem = 429, _("Too much was sent from here. Try again in an hour.")
        elif not form.is_valid():
            status = 422
        else:
            number = _send(run, request.user, **form.cleaned_data)
            messages.success(request, ngettext(
                "Sent to %(number)d person.", "Sent to %(number)d people.", number
            ) % {"number": number})
            return redirect("group", run.pk)
    context = {"run": run, "form": form, "problem": problem}
    return render(request, "courses/runs/group/send.html", context, status=status)


def _send(run, author, text, files) -> int:
    """Store the message and e-mail it to the group; returns to how many people.

    The same message again within minutes is ignored: buttons are pressed twice on slow lines.
    """
    people = list(run.enrolments.enrolled().select_related("user"))
    text, titles = text.strip(), [safe_filename(file.name) for file in files]
    just_now = timezone.now() - DUPLICATE_WINDOW
    for post in run.posts.filter(author=author, text=text, sent_at__gt=just_now):
        if [file.title for file in post.files.all()] == titles:
            return len(people)
    post = GroupPost.objects.create(run=run, author=author, text=text)
    for file, title in zip(files, titles, strict=True):
        GroupFile.objects.create(post=post, file=file, title=title)
    for enrolment in people:
        enrolment.run = run
        emails.group_message(enrolment, post)
    return len(people)


@for_leaders()
@require_POST
def delete_post(request, run, post):
    """Delete a message with its files."""
    get_object_or_404(run.posts.all(), pk=post).delete()
    messages.success(request, _("The message and its files are deleted."))
    return redirect("group", run.pk)


@for_leaders()
@require_safe
def list_file(request, run, kind):
    """The list of the group as a file: ``kind`` is csv or xlsx."""
    respond = {"csv": csv_response, "xlsx": xlsx_response}.get(kind)
    if respond is None:
        raise Http404
    return respond(group_list.table_of(run))
