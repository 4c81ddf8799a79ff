"""That a document is or was a handout, in whichever version or draft of a curriculum."""

from django.conf import settings
from django.db import models

from courses.models.curriculum_page import CurriculumPage


class KnownHandout(models.Model):
    """Outlives the row of the handout, and the curriculum: what was kept from readers once must
    not open to them when it is taken out of the course. Written by ``courses.files``."""

    wagtail_reference_index_ignore = True

    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    page = models.ForeignKey(
        CurriculumPage, on_delete=models.SET_NULL, null=True, related_name="known_handouts"
    )
    was_public = models.BooleanField(default=False)  # in a published version
    was_closed = models.BooleanField(default=False)  # facilitators' only, in a published version

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "page"], name="one_known_handout")
        ]

    def __str__(self):
        return f"{self.document_id} in {self.page_id}"
