"""The queue of pages that are yet to be sent to the search cluster."""

import uuid

from django.db import models


class ClusterQueueEntryQuerySet(models.QuerySet):
    def enqueue(self, page_ids) -> None:
        """Queue the pages; those already queued get a new version."""
        version = uuid.uuid4()
        rows = [self.model(page_id=pk, version=version) for pk in sorted(page_ids)]
        self.bulk_create(
            rows, batch_size=5000, update_conflicts=True, unique_fields=["page_id"],
            update_fields=["version"],
        )

    def remove_sent(self, rows) -> None:
        """Delete ``rows`` except those queued again since they were read."""
        by_version = {}
        for row in rows:
            by_version.setdefault(row.version, []).append(row.page_id)
        for version, page_ids in by_version.items():
            self.filter(version=version, page_id__in=page_ids).delete()


class ClusterQueueEntry(models.Model):
    """A page to be sent to the search cluster, in the state it has when it is sent.

    ``page_id`` is no foreign key, because deleted pages are queued too. ``version`` changes each
    time the page is queued, so that what changed while it was being sent is sent again.
    """

    page_id = models.PositiveBigIntegerField(unique=True)
    version = models.UUIDField(default=uuid.uuid4)

    objects = ClusterQueueEntryQuerySet.as_manager()

    def __str__(self):
        return f"page {self.page_id}"
