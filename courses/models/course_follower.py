"""Subscriptions to the changes of a course by e-mail."""

from django.db import models

from hub.models.subscription import Subscription


class CourseFollower(Subscription):
    """An address that gets an e-mail when a curriculum changes.

    ``version`` is the last one it was notified of, at first the current one; ``withdrawals`` holds
    the keys of the withdrawals it was notified of. ``notified_at`` is when that was stored: an
    e-mail goes out only if it is unchanged since it was read, see ``hub.email.subscriptions``.
    """

    page = models.ForeignKey(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="followers"
    )
    version = models.PositiveIntegerField()
    withdrawals = models.JSONField(default=list)
    notified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "page"], name="unique_course_follower"),
        ]

    def initial_values(self, now):
        return {"notified_at": now}
