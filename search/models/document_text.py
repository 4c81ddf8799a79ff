"""The text extracted from documents, stored so that indexing never opens a file."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentTextQuerySet(models.QuerySet):
    def unreadable(self):
        """Files that were read without finding text that can be searched."""
        return self.exclude(
            status__in=[DocumentText.Status.READ, DocumentText.Status.WAITING]
        )


class DocumentText(models.Model):
    """The text of one document, part by part.

    ``parts`` is a list of ``[number, kind, text]`` with kind page, slide, sheet or text.
    ``file_hash`` identifies the content that was read. ``sample`` shows garbled text.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        READ = "read", _("Read")
        EMPTY = "empty", _("There is no text in the file; it may be a scan")
        GARBLED = "garbled", _("The Thai text in the file is garbled")
        ENCRYPTED = "encrypted", _("The file is locked with a password")
        FAILED = "failed", _("The file could not be read; it may be damaged")
        TOO_BIG = "too_big", _("The file is too big to be read")
        TIMEOUT = "timeout", _("Reading the file took too long")

    document = models.OneToOneField(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.CASCADE, related_name="text"
    )
    file_hash = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    parts = models.JSONField(default=list)
    sample = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)

    objects = DocumentTextQuerySet.as_manager()

    def __str__(self):
        return f"{self.document}: {self.get_status_display()}"
