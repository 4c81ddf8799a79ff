"""Peer reviews of a Model: rounds, invited reviewers and their reviews.

None of these are children of the page, so that no revision, copy or index contains them: the
identity of an anonymous reviewer is known here and to the moderators, nowhere else.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class PeerReviewQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def passed(self):
        return self.filter(result=PeerReview.Result.PASSED)


class PeerReview(models.Model):
    """One round of reviews of one revision of a Model."""

    class Result(models.TextChoices):
        OPEN = "open", _("under review")
        PASSED = "passed", _("reviewed")
        CHANGES = "changes", _("changes asked for")
        CANCELLED = "cancelled", _("cancelled")

    page = models.ForeignKey(
        "models_lib.ModelPage", models.CASCADE, related_name="peer_reviews"
    )
    revision = models.ForeignKey("wagtailcore.Revision", models.SET_NULL, null=True,
                                 related_name="+")
    version = models.CharField(max_length=20, blank=True)  # the number it gets once published
    task_state = models.OneToOneField(
        "wagtailcore.TaskState", models.SET_NULL, null=True, related_name="peer_review"
    )
    reviews_needed = models.PositiveSmallIntegerField(default=2)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.OPEN)
    started_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = PeerReviewQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self):
        return f"{self.page_id}: {self.get_result_display()}"

    def close(self, result) -> None:
        self.result, self.closed_at = result, timezone.now()
        self.save(update_fields=["result", "closed_at"])

    @cached_property
    def reviews(self) -> list["Review"]:
        """The reviews received, in an order that does not reveal who was invited first."""
        return list(
            Review.objects.filter(reviewer__peer_review=self)
            .select_related("reviewer").order_by("key")
        )

    @cached_property
    def counted_reviews(self) -> list["Review"]:
        """The reviews without a declared conflict of interest."""
        return [review for review in self.reviews if not review.has_interest]

    @property
    def has_enough_reviews(self) -> bool:
        return len(self.counted_reviews) >= self.reviews_needed

    @property
    def recommendation_counts(self) -> list[tuple[str, int]]:
        """(label of a recommendation, number of reviews), without those nobody gave."""
        given = [review.recommendation for review in self.counted_reviews]
        return [(choice.label, given.count(choice)) for choice in Review.Recommendation
                if choice in given]

    @property
    def verdict_counts(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """(label of a criterion, [(label of a verdict, number of reviews)])."""
        rows = []
        for criterion in Review.Criterion:
            given = [getattr(review, criterion.value) for review in self.counted_reviews]
            rows.append((
                criterion.label,
                [(verdict.label, given.count(verdict)) for verdict in Review.Verdict
                 if verdict in given],
            ))
        return rows

    @property
    def is_changed_since(self) -> bool:
        """Whether readers see a different revision from the reviewed one."""
        return self.page.live_revision_id != self.revision_id


class ReviewerQuerySet(models.QuerySet):
    def waiting_for(self, user):
        """Invitations of ``user`` that can still be answered."""
        return self.filter(
            user=user, revoked_at=None, declined_at=None, peer_review__closed_at=None
        )


class Reviewer(models.Model):
    """Somebody who was invited to one round. The link in the e-mail contains ``key``, signed."""

    LINK_VALID_DAYS = 30

    peer_review = models.ForeignKey(PeerReview, models.CASCADE, related_name="reviewers")
    email = models.EmailField(blank=True)  # empty: of a reviewer who was erased
    name = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    language = models.CharField(max_length=10)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    objects = ReviewerQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["peer_review", "email"], condition=~models.Q(email=""),
                name="one_invitation_per_address",
            )
        ]

    def __str__(self):
        return str(self.pk)  # no name, wherever this may appear

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def submitted_review(self) -> "Review | None":
        return getattr(self, "review", None)

    def may_read(self, user) -> bool:
        """Whether the holder of the link, signed in as ``user``, may read and answer now."""
        if self.revoked_at or self.peer_review.closed_at:
            return False
        return not self.is_expired or (user.is_authenticated and user.pk == self.user_id)


class Review(models.Model):
    """The review of one reviewer."""

    class Criterion(models.TextChoices):
        """The names of the fields that hold the verdicts."""

        EVIDENCE = "evidence", _("Evidence")
        CONDITIONS = "conditions", _("Conditions")
        COSTS = "costs", _("Costs")
        REPLICABILITY = "replicability", _("Can be replicated")

    class Verdict(models.TextChoices):
        STRONG = "strong", _("convincing")
        ENOUGH = "enough", _("good enough")
        WEAK = "weak", _("weak")
        UNKNOWN = "unknown", _("cannot say")

    class Recommendation(models.TextChoices):
        ACCEPT = "accept", _("ready to be used")
        CHANGE = "change", _("ready after changes")
        NOT_YET = "not-yet", _("not ready yet")

    reviewer = models.OneToOneField(Reviewer, models.CASCADE, related_name="review")
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # random, reviews are sorted by it
    evidence = models.CharField(max_length=10, choices=Verdict.choices)
    evidence_text = models.TextField(blank=True)
    conditions = models.CharField(max_length=10, choices=Verdict.choices)
    conditions_text = models.TextField(blank=True)
    costs = models.CharField(max_length=10, choices=Verdict.choices)
    costs_text = models.TextField(blank=True)
    replicability = models.CharField(max_length=10, choices=Verdict.choices)
    replicability_text = models.TextField(blank=True)
    recommendation = models.CharField(max_length=10, choices=Recommendation.choices)
    text = models.TextField(blank=True)
    has_interest = models.BooleanField()
    interest = models.TextField(blank=True)  # for the moderators only
    signed_name = models.CharField(max_length=200, blank=True)  # empty: without a name
    texts_are_public = models.BooleanField(default=False)
    sent_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    def __str__(self):
        return str(self.pk)

    @property
    def criteria(self) -> list[tuple[str, str, str]]:
        """(label of the criterion, label of the verdict, text) of each criterion."""
        return [
            (c.label, getattr(self, f"get_{c.value}_display")(), getattr(self, f"{c.value}_text"))
            for c in self.Criterion
        ]
