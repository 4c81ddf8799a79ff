"""Which copy of a course pack a member took home last."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CourseCopy(models.Model):
    """The pack that ``user``, signed in, downloaded last of ``page``; kept so that her own page
    tells what changed since, and forgotten when she says so."""

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
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="one_copy_of_a_member"),
        ]

    def __str__(self):
        return f"{self.user_id}: {self.page_id}"

    @property
    def title(self) -> str:
        """The title of the course in the copy: she may be shut out of the course since."""
        return self.edition.manifest["curriculum"]["title"]
