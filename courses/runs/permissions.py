"""Who sees the group of a run, who confirms completion, who may open the run at all."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from courses.models import CourseRun, Enrolment

LEAD_ANY = "courses.lead_any_group"


def add_rights(added) -> dict[str, int]:
    """Editors plan runs; who sees any group, with what people said of themselves, are moderators.
    Given once: later, the rights of a group are its administrator's business."""
    ours = Permission.objects.filter(
        content_type__app_label="courses", content_type__model="courserun"
    )
    if Group.objects.filter(permissions__in=ours).exists():
        return {}
    planning = ours.filter(codename__in=["add_courserun", "change_courserun", "view_courserun"])
    for name, rights in (("Editors", planning), ("Moderators", ours)):
        if group := Group.objects.filter(name=name).first():
            group.permissions.add(*rights)
    return {}


def may_lead(user, run) -> bool:
    """Whether ``user`` sees the group of ``run``, records, sends and keeps its list."""
    if not (user.is_authenticated and user.is_active):
        return False
    return (
        user.has_perm(LEAD_ANY)
        or run.facilitators.filter(pk=user.pk).exists()
        or run.organisers.filter(pk=user.pk).exists()
    )


def may_confirm(user, run) -> bool:
    """Whether ``user`` says who completed ``run``: who was there to teach it."""
    return user.is_authenticated and user.is_active and (
        user.has_perm(LEAD_ANY) or run.facilitators.filter(pk=user.pk).exists()
    )


def enrolment_of(user, run) -> Enrolment | None:
    """The place of ``user`` in ``run``, also one given back."""
    if not user.is_authenticated:
        return None
    return run.enrolments.filter(user=user).first()


def may_open(request, run) -> bool:
    """Whether the public page of ``run`` is for this visitor: who may read its curriculum, who
    takes part, who leads it."""
    page = run.curriculum
    if page and page.live and page.lets_in(request):
        return True
    enrolment = enrolment_of(request.user, run)
    return bool(enrolment and enrolment.is_current) or may_lead(request.user, run)


def run_or_404(pk) -> CourseRun:
    return get_object_or_404(CourseRun.objects.select_related("curriculum", "area"), pk=pk)


def opened_run(request, pk) -> CourseRun:
    """The run ``pk``, or 404: also where there is one that is not for this visitor."""
    run = run_or_404(pk)
    if not may_open(request, run):
        raise Http404
    return run


def for_leaders(check=may_lead):
    """A view of a group: ``view(request, run, …)`` for those whom ``check`` lets in."""

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
