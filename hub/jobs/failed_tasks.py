"""Background tasks that failed: what happened, trying them again, forgetting them.

What is told of an error holds no arguments and none of its words but those without persons: a
message may quote what somebody wrote.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_tasks_db.models import DBTaskResult

from hub.health.page import may_see_health

FAILED = "FAILED"
PLACE = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>\S+)', re.M)


@dataclass(frozen=True)
class FailedTask:
    """``name`` is the function, ``happened`` the kind of error and where it was raised;
    ``may_try_again`` is false where this version of the hub has no such task."""

    pk: str
    name: str
    happened: str
    finished_at: datetime | None
    tries: int
    may_try_again: bool
    address: str


def failed() -> QuerySet[Any]:
    """The tasks that failed, the last first."""
    return DBTaskResult.objects.filter(status=FAILED).order_by("-finished_at", "pk")


def of_failed(row: Any) -> FailedTask:
    return FailedTask(
        str(row.pk), row.task_path.removesuffix(".func"), _happened(row), row.finished_at,
        len(row.worker_ids), _is_known(row), reverse("hub_task", args=[row.pk]))


def _happened(row: Any) -> str:
    kind = row.exception_class_path.rpartition(".")[2]
    places = PLACE.findall(row.traceback)
    if not places:
        return kind
    file, line, function = places[-1]
    short = "/".join(file.split("/")[-3:])
    return f"{kind} · {short}:{line} {function}"


def _is_known(row: Any) -> bool:
    try:
        return row.task is not None
    except (ImportError, SuspiciousOperation):
        return False


def try_again(rows: QuerySet[Any]) -> int:
    """Put failed tasks back into the queue as if new; returns how many. Those that this version
    does not know stay."""
    known = [row.pk for row in rows.filter(status=FAILED) if _is_known(row)]
    return DBTaskResult.objects.filter(status=FAILED, pk__in=known).update(
        status="READY", started_at=None, finished_at=None, worker_ids=[], traceback="",
        exception_class_path="")


def _refuse_others(request: HttpRequest) -> None:
    if not may_see_health(request.user):
        raise PermissionDenied


@require_POST
def one_task(request: HttpRequest, result_id: Any) -> HttpResponse:
    """Try one task again, or forget it."""
    _refuse_others(request)
    mine = DBTaskResult.objects.filter(status=FAILED, pk=result_id)
    if "forget" in request.POST:
        if mine.delete()[0]:
            messages.success(request, _("It is off the list."))
    else:
        _say_how_many(request, try_again(mine))
    return redirect("hub_health")


@require_POST
def all_again(request: HttpRequest) -> HttpResponse:
    """Try every task again that failed."""
    _refuse_others(request)
    _say_how_many(request, try_again(DBTaskResult.objects.all()))
    return redirect("hub_health")


def _say_how_many(request: HttpRequest, number: int) -> None:
    if not number:
        messages.warning(request, _("No task could be put into the queue."))
        return
    messages.success(request, ngettext(
        "%(number)s task waits for the worker again.",
        "%(number)s tasks wait for the worker again.", number) % {"number": number})
