"""Tells a moderator what became of a page by an action of the workflow; Wagtail says “saved”."""

from django.utils.translation import gettext as _
from wagtail.admin import messages

# The name of an action of Wagtail's task “moderators approve”.
APPROVED, REJECTED = "approve", "reject"


def tell_what_became_of_it(request, page) -> None:
    """The hook ``after_edit_page``."""
    if "action-workflow-action" not in request.POST:
        return
    action = request.POST.get("workflow-action-name")
    page = type(page).objects.get(pk=page.pk)
    title = {"title": page.get_admin_display_title()}
    if action == REJECTED:
        messages.success(request, _("“%(title)s” is sent back to its author.") % title)
    elif action == APPROVED and page.current_workflow_state:
        messages.success(
            request, _("“%(title)s” is approved at this step, and goes on to the next.") % title)
    elif action == APPROVED and page.live and not page.has_unpublished_changes:
        messages.success(
            request, _("“%(title)s” is published: everybody who may can read it now.") % title)
