"""Peer reviews in the editor: the address, the button and a message on the page."""

from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import Button

from models_lib.models import ModelPage
from models_lib.peer_review.admin_views import peer_review
from models_lib.peer_review.permissions import may_moderate


@hooks.register("register_admin_urls")
def register_peer_review_url():
    return [path("peer-review/<int:page_id>/", peer_review, name="models_lib_peer_review")]


@hooks.register("register_page_header_buttons")
def peer_review_button(page, user, view_name, next_url=None):
    if isinstance(page, ModelPage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Peer review"), reverse("models_lib_peer_review", args=[page.pk]),
            icon_name="group", priority=64,
        )


@hooks.register("before_edit_page")
def show_review_progress(request, page):
    """Show moderators the number of reviews above the form of a Model under review."""
    if request.method != "GET" or not isinstance(page, ModelPage):
        return
    review = page.peer_reviews.open().select_related("task_state__task").first()
    if review and may_moderate(request.user, review):
        message = gettext("Peer review: %(number)s of %(needed)s reviews are in.") % {
            "number": len(review.counted_reviews), "needed": review.reviews_needed,
        }
        address = reverse("models_lib_peer_review", args=[page.pk])
        messages.info(
            request, message, buttons=[messages.button(address, gettext("Read and invite"))]
        )
