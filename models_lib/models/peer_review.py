"""Peer reviews of a Model: one round after the other, its reviewers and what they said.

None of this hangs on the page as a child, so that it stands in no revision, no copy and no index:
who reviewed without a name is known here and to the moderators, nowhere else.
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
    """One round: a revision of a Model, read by those who were invited."""

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
    version = models.CharField(max_length=20, blank=True)  # the number it gets when it is published
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
        """What came in, in an order that tells nothing of who was invited first."""
        return list(
            Review.objects.filter(reviewer__peer_review=self)
            .select_related("reviewer").order_by("key")
        )

    @cached_property
    def counted(self) -> list["Review"]:
        """The reviews of those who have no interest of their own."""
        return [review for review in self.reviews if not review.has_interest]

    @property
    def is_enough(self) -> bool:
        return len(self.counted) >= self.reviews_needed

    @property
    def recommendations(self) -> list[tuple[str, int]]:
        """What the reviewers recommend, in words, and how many do."""
        given = [review.recommendation for review in self.counted]
        return [(choice.label, given.count(choice)) for choice in Review.Recommendation
                if choice in given]

    @property
    def table(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Criterion → how many found it how good, in words."""
        rows = []
        for criterion in Review.Criterion:
            given = [getattr(review, criterion.value) for review in self.counted]
            rows.append((
                criterion.label,
                [(verdict.label, given.count(verdict)) for verdict in Review.Verdict
                 if verdict in given],
            ))
        return rows

    @property
    def is_changed_since(self) -> bool:
        """Whether readers see another revision than the reviewers did."""
        return self.page.live_revision_id != self.revision_id


class ReviewerQuerySet(models.QuerySet):
    def waiting_for(self, user):
        """Invitations of ``user`` that can still be answered."""
        return self.filter(
            user=user, revoked_at=None, declined_at=None, peer_review__closed_at=None
        )


class Reviewer(models.Model):
    """Somebody who was invited to one round. ``key`` is what the link in the letter holds."""

    DAYS = 30  # a link is good for

    peer_review = models.ForeignKey(PeerReview, models.CASCADE, related_name="reviewers")
    email = models.EmailField()
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
                fields=["peer_review", "email"], name="one_invitation_per_address"
            )
        ]

    def __str__(self):
        return str(self.pk)  # no name, wherever this may be printed

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def said(self) -> "Review | None":
        return getattr(self, "review", None)

    def may_read(self, user) -> bool:
        """Whether who holds the link, signed in as ``user``, may read and answer now."""
        if self.revoked_at or self.peer_review.closed_at:
            return False
        return not self.is_expired or (user.is_authenticated and user.pk == self.user_id)


class Review(models.Model):
    """What one reviewer said of the Model."""

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
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # the order of reviews
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
        """(criterion, verdict in words, text) of each criterion."""
        return [
            (c.label, getattr(self, f"get_{c.value}_display")(), getattr(self, f"{c.value}_text"))
            for c in self.Criterion
        ]
