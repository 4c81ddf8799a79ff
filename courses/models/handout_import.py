"""Reports of imports of handouts."""

from django.db import models

from courses.models.curriculum_page import CurriculumPage


class HandoutImport(models.Model):
    """The report of an import; ``rows`` are ``courses.importing.importer.ImportRow`` as dicts."""

    page = models.ForeignKey(CurriculumPage, on_delete=models.CASCADE, related_name="imports")
    created_at = models.DateTimeField(auto_now_add=True)
    rows = models.JSONField(default=list)

    def __str__(self):
        return f"{self.page}: {len(self.rows)}"
