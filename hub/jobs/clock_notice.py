"""Tells administrators that the clock is not trusted, and lets them confirm it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.components import Component

from hub.models import Clock


class ClockNotice(Component):
    """Above the dashboard: what the clock shows, what it showed, and what waits for it."""

    template_name = "hub/jobs/clock_notice.html"
    order = 1

    def __init__(self, clock: Clock):
        self.clock = clock

    def get_context_data(self, parent_context):
        return {"clock": self.clock, "now": timezone.now(), "request": parent_context["request"]}


def warn_about_the_clock(request, panels) -> None:
    """Wagtail's hook ``construct_homepage_panels``."""
    clock = Clock.distrusted()
    if clock and request.user.is_superuser:
        panels.append(ClockNotice(clock))


@require_POST
def confirm_clock(request):
    """An administrator says that the clock is right; what is old is deleted at the next look."""
    if not request.user.is_superuser:
        raise PermissionDenied
    Clock.confirm()
    messages.success(request, _("The clock is confirmed. What is old is deleted again."))
    return redirect("wagtailadmin_home")
