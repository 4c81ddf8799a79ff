"""Who is written to when a course changes."""

from django.db import models

from hub.models.subscription import Subscription


class CourseFollower(Subscription):
    """An address that wants to hear of a curriculum since the copy it has.

    ``version`` is the one it was told of last, at first the one of its copy; ``withdrawals`` holds
    the keys of the withdrawals it knows of. ``told_at`` is when that was written down: a letter
    goes out where it stands as it was read, see ``hub.email.subscriptions``.
    """

    page = models.ForeignKey(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="followers"
    )
    version = models.PositiveIntegerField()
    withdrawals = models.JSONField(default=list)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "page"], name="a_course_is_followed_once"),
        ]

    def at_start(self, now):
        return {"told_at": now}

    def confirm_letter(self):
        from courses.updates.emails import confirm_letter

        return confirm_letter(self)
