"""Checks of publishing actions without the page's form: approving in a list, bulk publishing.

``CurriculumPageForm`` checks what it publishes itself. These actions have no such form: the user
gets a message with what is missing, and nothing is published.
"""

from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page

from courses.editing.checklist import unmet_requirements
from courses.models import CurriculumPage


class ChecklistMiddleware:
    """Stops the approval of a curriculum with unmet requirements: Wagtail has no hook for that."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_approval = (
            request.method == "POST"
            and request.resolver_match.view_name == "wagtailadmin_pages:workflow_action"
            and kwargs.get("action_name") == "approve"
        )
        found = is_approval and CurriculumPage.objects.filter(pk=kwargs["page_id"]).first()
        if not found or not found.permissions_for_user(request.user).can_edit():
            return None  # Wagtail refuses
        page = found.get_latest_revision_as_object()  # what Wagtail would publish
        if not _report_unmet_requirements(request, [page]):
            return None
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return JsonResponse({"step": "success", "redirect": address})
        return redirect(address)


def before_bulk_action(request, action_type, objects, action):
    """Hook of bulk actions: no page is published while a curriculum among them is incomplete."""
    if action_type != "publish" or action.model is not Page:
        return None
    chosen = [page.pk for page in objects]
    pages = Page.objects.filter(pk__in=chosen)
    if action.cleaned_form.cleaned_data.get("include_descendants"):
        for page in objects:
            pages |= Page.objects.descendant_of(page).not_live()
    found = CurriculumPage.objects.filter(pk__in=pages.values("pk"))
    drafts = [page.get_latest_revision_as_object() for page in found]
    if _report_unmet_requirements(request, drafts):
        return redirect(get_valid_next_url_from_request(request) or reverse("wagtailadmin_home"))
    return None


def _report_unmet_requirements(request, pages) -> bool:
    """Show a message with the unmet requirements of ``pages``; returns whether there are any."""
    found = [
        (page.draft_title or page.title, item.label, problem)
        for page in pages for item in unmet_requirements(page) for problem in item.problems
    ]
    if found:
        messages.error(request, format_html(
            "{}<ul>{}</ul>", _("Not published yet. Nothing is lost; this is missing:"),
            format_html_join("", "<li>“{}” – {}: {}</li>", found),
        ))
    return bool(found)
