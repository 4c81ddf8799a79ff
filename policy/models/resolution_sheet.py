"""A spreadsheet of past resolutions that was read and waits for confirmation."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ResolutionSheet(models.Model):
    """The content of one uploaded sheet.

    ``resolutions`` has the format that ``policy.imports.resolution_sheet`` documents.
    """

    assembly = models.ForeignKey(
        "policy.AssemblyPage", on_delete=models.CASCADE, related_name="sheets"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    file_name = models.CharField(_("file"), max_length=255)
    resolutions = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    imported_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.file_name
