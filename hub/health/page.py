"""The page **Health** in the admin: every check, what it found, and what to do about it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from hub.health.findings import State, lines


def may_see_health(user: Any) -> bool:
    """Superusers: what is told concerns the machine, and what there is to do is theirs."""
    return user.is_superuser


class HealthMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_health(request.user)


class HealthView(WagtailAdminTemplateMixin, TemplateView):
    """Worst first; of the same state in order of registration."""

    template_name = "hub/health/page.html"
    page_title = gettext_lazy("Health")
    header_icon = "circle-check"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_health(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = sorted(lines(), key=lambda line: -line.finding.state)
        states = [line.finding.state for line in found]
        return super().get_context_data(**kwargs) | {
            "lines": found, "worst": max(states, default=State.WELL),
            "broken": states.count(State.BROKEN), "looked_at": states.count(State.LOOK),
        }
