"""Which copy of a course pack a member downloaded last."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CourseCopy(models.Model):
    """The pack that ``user``, signed in, downloaded last of ``page``.

    Kept so that the account page shows what changed since; the member can delete it.
    """

    wagtail_reference_index_ignore = True

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="course_copies"
    )
    page = models.ForeignKey(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="copies"
    )
    edition = models.ForeignKey(
        "courses.PackEdition", on_delete=models.CASCADE, related_name="+"
    )
    downloaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-downloaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="unique_course_copy"),
        ]

    def __str__(self):
        return f"{self.user_id}: {self.page_id}"

    @property
    def title(self) -> str:
        """The title of the course in the copy: the member may have lost access since."""
        return self.edition.manifest["curriculum"]["title"]
