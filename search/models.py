"""The text read out of documents, kept so that indexing never opens a file, and what waits for
the search cluster."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ClusterPendingQuerySet(models.QuerySet):
    def want(self, page_ids) -> None:
        """Have the cluster take the pages in; those that wait already are marked anew."""
        mark = uuid.uuid4()
        rows = [self.model(page_id=pk, mark=mark) for pk in sorted(page_ids)]
        self.bulk_create(
            rows, batch_size=5000, update_conflicts=True, unique_fields=["page_id"],
            update_fields=["mark"],
        )

    def taken(self, rows) -> None:
        """Forget ``rows`` but those that were wanted again since they were read."""
        by_mark = {}
        for row in rows:
            by_mark.setdefault(row.mark, []).append(row.page_id)
        for mark, page_ids in by_mark.items():
            self.filter(mark=mark, page_id__in=page_ids).delete()


class ClusterPending(models.Model):
    """A page that the search cluster has yet to take in, as it stands when its turn comes.

    ``page_id`` is no foreign key, because deleted pages wait here too. ``mark`` differs each
    time the page is wanted, so that what changed while it was sent is sent again.
    """

    page_id = models.PositiveBigIntegerField(unique=True)
    mark = models.UUIDField(default=uuid.uuid4)

    objects = ClusterPendingQuerySet.as_manager()

    def __str__(self):
        return f"page {self.page_id}"


class DocumentTextQuerySet(models.QuerySet):
    def unreadable(self):
        """Files that were looked into without finding text that can be searched."""
        known = [DocumentText.Status.READ, DocumentText.Status.WAITING]
        return self.exclude(status__in=known)


class DocumentText(models.Model):
    """What could be read in one document, part by part.

    ``parts`` is a list of ``[number, kind, text]`` with kind page, slide, sheet or text.
    ``file_hash`` says which content of the file was read.
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
