"""A round of reviews: started with a workflow, filled with reviews, closed by the workflow."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail.models import Workflow

from hub.email.sending import absolute, send_email_to_user
from models_lib.models import PeerReview, PeerReviewTask, Reviewer


def review_workflow() -> Workflow | None:
    """The active workflow that contains a peer review; None if there is none."""
    return (
        Workflow.objects.active()
        .filter(workflow_tasks__task__in=PeerReviewTask.objects.filter(active=True))
        .order_by("pk").first()
    )


@transaction.atomic
def start(page, user) -> None:
    """Start the workflow of peer reviews for ``page``."""
    review_workflow().start(page, user)


def save_review(reviewer, review) -> None:
    """Save the review of ``reviewer``; e-mail the moderators when it makes the reviews enough."""
    had_enough = PeerReview.objects.get(pk=reviewer.peer_review_id).has_enough_reviews
    review.reviewer = reviewer
    review.save()
    Reviewer.objects.filter(pk=reviewer.pk).update(declined_at=None)
    current = PeerReview.objects.select_related("page", "task_state__task").get(
        pk=reviewer.peer_review_id
    )
    if current.has_enough_reviews and not had_enough and current.task_state:
        _notify_moderators(current)


def _notify_moderators(peer_review) -> None:
    url = absolute(reverse("models_lib_peer_review", args=[peer_review.page_id]))
    groups = peer_review.task_state.task.specific.groups.all()
    for user in get_user_model().objects.filter(groups__in=groups).distinct():
        send_email_to_user(
            user, "models_lib/peer_review/emails/enough_reviews.txt",
            gettext_lazy("Enough reviews are in"), {"title": peer_review.page.title, "url": url},
        )


# Receivers of Wagtail's signals of tasks


def _close_with(result):
    def receiver(sender, instance, **kwargs):
        for review in PeerReview.objects.open().filter(task_state_id=instance.pk):
            review.close(result)

    return receiver


task_approved_receiver = _close_with(PeerReview.Result.PASSED)
task_rejected_receiver = _close_with(PeerReview.Result.CHANGES)
task_cancelled_receiver = _close_with(PeerReview.Result.CANCELLED)
