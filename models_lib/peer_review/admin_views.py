"""The moderator's page of a peer review: invite, revoke invitations, read the reviews."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from models_lib.models import ModelPage, PeerReview
from models_lib.peer_review.forms import InviteForm
from models_lib.peer_review.invitations import invite
from models_lib.peer_review.permissions import may_moderate, may_start
from models_lib.peer_review.rounds import review_workflow, start


@require_http_methods(["GET", "HEAD", "POST"])
def peer_review(request, page_id):
    """The last round of a Model. Authors see the number of reviews, moderators everything.

    A moderator who owns the Model reads the reviews but does not learn who wrote which.
    """
    page = get_object_or_404(ModelPage, pk=page_id)
    review = page.peer_reviews.select_related("task_state__task").first()
    moderates = review is not None and may_moderate(request.user, review)
    if not moderates and not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    form = InviteForm(initial={"language": page.locale.language_code})
    if request.method == "POST":
        action = request.POST.get("action")
        if action == "start":
            return _start(request, page)
        if not moderates or review.closed_at:
            raise PermissionDenied
        if action == "invite":
            form = InviteForm(request.POST)
            if form.is_valid() and _invite(request, review, form):
                return redirect("models_lib_peer_review", page_id)
        elif action in ACTIONS:
            ACTIONS[action](request, review)
            return redirect("models_lib_peer_review", page_id)
    knows_names = moderates and request.user != page.owner
    context = {
        "page": page, "review": review, "moderates": moderates, "knows_names": knows_names,
        "may_start": may_start(request.user, page) and review_workflow(),
        "invite_form": form, "previous": _previous_round(review) if moderates else None,
        "reviewers": review.reviewers.select_related("review") if moderates else [],
        "page_title": _("Peer review"), "page_subtitle": page.get_admin_display_title(),
        "header_icon": "group",
    }
    status = 422 if form.is_bound else 200
    return render(request, "models_lib/peer_review/admin/page.html", context, status=status)


def _previous_round(review) -> PeerReview | None:
    """The previous round, if its reviewers may be invited again."""
    previous = review.page.peer_reviews.exclude(pk=review.pk).first()
    if previous and not review.closed_at and not review.reviewers.exists():
        return previous if previous.reviewers.exists() else None
    return None


def _start(request, page):
    if not may_start(request.user, page) or not review_workflow():
        raise PermissionDenied
    start(page, request.user)
    messages.success(request, _("The peer review has begun. Moderators invite the reviewers."))
    return redirect("models_lib_peer_review", page.pk)


def _invite(request, review, form) -> bool:
    values = form.cleaned_data
    try:
        sent = invite(review, values["addresses"], values["language"])
    except ValidationError as error:
        form.add_error("addresses", error)
        return False
    messages.success(
        request, ngettext("%(sent)s letter was sent.", "%(sent)s letters were sent.", sent)
        % {"sent": sent},
    )
    return True


def _invite_previous(request, review):
    previous = _previous_round(review)
    if previous:
        for reviewer in previous.reviewers.filter(revoked_at=None).exclude(email=""):
            invite(review, [(reviewer.name, reviewer.email)], reviewer.language)


def _revoke(request, review):
    invited = review.reviewers.filter(pk=_posted_reviewer(request), review=None)
    invited.update(revoked_at=timezone.now())
    messages.success(request, _("The invitation was withdrawn; its link leads nowhere now."))


def _resend(request, review):
    for reviewer in review.reviewers.filter(pk=_posted_reviewer(request)):
        invite(review, [(reviewer.name, reviewer.email)], reviewer.language)
    messages.success(request, _("A new link was sent; the old one leads nowhere now."))


def _posted_reviewer(request) -> int:
    """The posted id of a reviewer; 0, which nobody has, if it is not a number."""
    value = request.POST.get("reviewer", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else 0


ACTIONS = {"again": _invite_previous, "revoke": _revoke, "resend": _resend}


def address_of(page) -> str:
    return reverse("models_lib_peer_review", args=[page.pk])
