"""What a search cluster has yet to take in."""

import uuid

from django.db import models


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
