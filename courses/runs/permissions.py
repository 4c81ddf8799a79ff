"""Who may open a run, see its group and confirm completion."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from courses.models import CourseRun, Enrolment
from hub.access.readers import Reader

LEAD_ANY = "courses.lead_any_group"


def add_permissions(added) -> dict[str, int]:
    """Let editors plan runs, and moderators also see any group with its personal data.

    Hook ``load_reference_data``. Done once: afterwards, administrators decide about the permissions
    of groups.
    """
    ours = Permission.objects.filter(
        content_type__app_label="courses", content_type__model="courserun"
    )
    if Group.objects.filter(permissions__in=ours).exists():
        return {}
    planning = ours.filter(codename__in=["add_courserun", "change_courserun", "view_courserun"])
    for name, permissions in (("Editors", planning), ("Moderators", ours)):
        if group := Group.objects.filter(name=name).first():
            group.permissions.add(*permissions)
    return {}


def may_lead(user, run) -> bool:
    """Whether ``user`` may see and manage the group of ``run``: attendance, messages, the list."""
    if not (user.is_authenticated and user.is_active):
        return False
    return (
        user.has_perm(LEAD_ANY)
        or run.facilitators.filter(pk=user.pk).exists()
        or run.organisers.filter(pk=user.pk).exists()
    )


def may_confirm(user, run) -> bool:
    """Whether ``user`` may confirm who completed ``run``: its facilitators, not organisers."""
    return user.is_authenticated and user.is_active and (
        user.has_perm(LEAD_ANY) or run.facilitators.filter(pk=user.pk).exists()
    )


def enrolment_of(user, run) -> Enrolment | None:
    """The enrolment of ``user`` in ``run``, in any state; None if there is none."""
    if not user.is_authenticated:
        return None
    return run.enrolments.filter(user=user).first()


def may_open(request, run) -> bool:
    """Whether the user may see the page of ``run``: readers of its curriculum, participants and
    leaders."""
    page = run.curriculum
    if page and Reader.of(request).may_read(page):
        return True
    enrolment = enrolment_of(request.user, run)
    return bool(enrolment and enrolment.is_current) or may_lead(request.user, run)


def run_or_404(pk) -> CourseRun:
    runs = CourseRun.objects.select_related("curriculum", "area__parent")
    return get_object_or_404(runs, pk=pk)


def open_run_or_404(request, pk) -> CourseRun:
    """The run ``pk``. Raises Http404 when there is none, or the user may not open it."""
    run = run_or_404(pk)
    if not may_open(request, run):
        raise Http404
    return run


def for_leaders(check=may_lead):
    """Decorator for ``view(request, run, …)``: loads the run and requires ``check(user, run)``."""

    def decorate(view):
        @never_cache
        @login_required
        @wraps(view)
        def guarded(request, pk, *args, **kwargs):
            run = run_or_404(pk)
            if not check(request.user, run):
                raise PermissionDenied
            return view(request, run, *args, **kwargs)

        return guarded

    return decorate
