"""The workflow task in which peers review a Model."""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask

from models_lib.models.model_page import ModelPage
from models_lib.models.peer_review import PeerReview


class PeerReviewTask(AbstractGroupApprovalTask):
    """Members of the groups invite reviewers, and approve when there are enough reviews.

    Meanwhile the page is locked for others, so that the reviewed revision is the published one.
    """

    reviews_needed = models.PositiveSmallIntegerField(
        _("reviews needed"), default=2,
        help_text=_("Those who declare an interest of their own are not counted."),
    )

    admin_form_fields = AbstractGroupApprovalTask.admin_form_fields + ["reviews_needed"]

    class Meta:
        verbose_name = _("peer review of a Model")
        verbose_name_plural = _("peer reviews of Models")

    @classmethod
    def get_description(cls):
        return _("Invited reviewers read a Model; members of the groups approve when enough did")

    def start(self, workflow_state, user=None):
        """Open a round for the current revision; pages that are no Models need no reviews."""
        state = super().start(workflow_state, user=user)
        page = state.revision.as_object()
        if isinstance(page, ModelPage):
            last = page.current_version
            PeerReview.objects.create(
                page=page, revision=state.revision, task_state=state,
                version=str(last.number + 1 if last else 1),
                reviews_needed=self.reviews_needed,
            )
        return state

    def may_moderate(self, user) -> bool:
        return user.is_active and (user.is_superuser or self._user_in_groups(user))

    def get_actions(self, obj, user):
        """Approving is offered only when there are enough reviews."""
        review = PeerReview.objects.open().filter(page_id=obj.pk, task_state__task=self).first()
        actions = super().get_actions(obj, user)
        if review and not review.has_enough_reviews:
            return [action for action in actions if action[0] != "approve"]
        return actions

    def on_action(self, task_state, user, action_name, **kwargs):
        review = PeerReview.objects.filter(task_state=task_state).first()
        if action_name == "approve" and review and not review.has_enough_reviews:
            raise PermissionDenied
        return super().on_action(task_state, user, action_name, **kwargs)

    def get_template_for_action(self, action):
        return "models_lib/peer_review/admin/action.html"
