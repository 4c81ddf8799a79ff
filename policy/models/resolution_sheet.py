"""A spreadsheet of past resolutions, between being read and being taken in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ResolutionSheet(models.Model):
    """What was read of one uploaded sheet; ``resolutions`` is as ``policy.imports.resolution_sheet`` says."""

    assembly = models.ForeignKey(
        "policy.AssemblyPage", on_delete=models.CASCADE, related_name="sheets"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    file_name = models.CharField(_("file"), max_length=255)
    resolutions = models.JSONField()
    read_at = models.DateTimeField(auto_now_add=True)
    taken_in_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.file_name
