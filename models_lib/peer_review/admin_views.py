"""The moderator's page of a peer review: invite, withdraw, read what came in."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from models_lib.models import ModelPage, PeerReview
from models_lib.peer_review import workflow
from models_lib.peer_review.forms import InviteForm


def may_moderate(user, review) -> bool:
    """Whether ``user`` invites to this round and reads it before it is published."""
    state = review.task_state
    return state is not None and state.task.specific.may_moderate(user)


@require_http_methods(["GET", "HEAD", "POST"])
def peer_review(request, page_id):
    """The last round of a Model. Its authors see how many reviews are in, moderators the rest.

    A moderator who wrote the Model reads the reviews, but not who wrote which.
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
        "may_start": workflow.may_start(request.user, page) and workflow.workflow(),
        "invite_form": form, "earlier": _earlier(review) if moderates else None,
        "reviewers": review.reviewers.select_related("review") if moderates else [],
        "page_title": _("Peer review"), "page_subtitle": page.get_admin_display_title(),
        "header_icon": "group",
    }
    status = 422 if form.is_bound else 200
    return render(request, "models_lib/admin/peer_review.html", context, status=status)


def _earlier(review) -> PeerReview | None:
    """The round before, whose reviewers may be asked again."""
    before = review.page.peer_reviews.exclude(pk=review.pk).first()
    if before and not review.closed_at and not review.reviewers.exists():
        return before if before.reviewers.exists() else None
    return None


def _start(request, page):
    if not workflow.may_start(request.user, page) or not workflow.workflow():
        raise PermissionDenied
    workflow.start(page, request.user)
    messages.success(request, _("The peer review has begun. Moderators invite the reviewers."))
    return redirect("models_lib_peer_review", page.pk)


def _invite(request, review, form) -> bool:
    said = form.cleaned_data
    try:
        sent = workflow.invite(review, said["addresses"], said["language"])
    except ValidationError as error:
        form.add_error("addresses", error)
        return False
    messages.success(
        request, ngettext("%(sent)s letter was sent.", "%(sent)s letters were sent.", sent)
        % {"sent": sent},
    )
    return True


def _again(request, review):
    earlier = _earlier(review)
    if earlier:
        for reviewer in earlier.reviewers.filter(revoked_at=None):
            workflow.invite(review, [(reviewer.name, reviewer.email)], reviewer.language)


def _revoke(request, review):
    review.reviewers.filter(pk=_number(request), review=None).update(revoked_at=timezone.now())
    messages.success(request, _("The invitation was withdrawn; its link leads nowhere now."))


def _resend(request, review):
    for reviewer in review.reviewers.filter(pk=_number(request)):
        workflow.invite(review, [(reviewer.name, reviewer.email)], reviewer.language)
    messages.success(request, _("A new link was sent; the old one leads nowhere now."))


def _number(request) -> int:
    said = request.POST.get("reviewer", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0


ACTIONS = {"again": _again, "revoke": _revoke, "resend": _resend}


def address_of(page) -> str:
    return reverse("models_lib_peer_review", args=[page.pk])
