"""The change log: what changed in public content, written in the transaction of the change."""

from typing import NamedTuple

from django.db import connection, models
from django.utils import timezone

from hub.models.reads import unnoted

KEPT = 200  # processed entries that are kept
MOST = 2 * KEPT  # when there are more, all but those are deleted
AT_ONCE = 5000  # SQLite takes 32,766 parameters


class State(NamedTuple):
    """Two tokens, each of which differs after every change that it is about, and how many changes
    wait for the search index."""

    shown: str  # of what pages show
    indexed: str  # of what the search index holds, texts of files too
    pending: int


class OutboxQuerySet(models.QuerySet):
    def unprocessed(self):
        """Entries that the search index has not processed yet, oldest first."""
        return self.filter(processed_at=None).order_by("pk")

    def mark_processed(self, pks):
        """Mark the entries as processed and delete all but the last processed ones.

        Every request reads the table, so it stays short. The newest entry stays: its id is
        part of the generation that cached pages are compared with. Entries are counted, not
        reckoned by their ids: PostgreSQL leaves gaps where transactions were rolled back. Many
        are deleted at a time: each deletion makes every process build its cached pages anew.
        """
        pks = list(pks)
        for first in range(0, len(pks), AT_ONCE):
            self.filter(pk__in=pks[first : first + AT_ONCE]).update(processed_at=timezone.now())
        newest_first = self.exclude(processed_at=None).order_by("-pk")
        if newest_first[MOST : MOST + 1].exists():
            oldest_kept = newest_first.values_list("pk", flat=True)[KEPT - 1]
            self.filter(pk__lt=oldest_kept).exclude(processed_at=None).delete()

    def state(self) -> State:
        """What was committed until now.

        The highest number alone would miss a transaction that took a lower number and
        committed later, as PostgreSQL allows; together with the sum it cannot. A count would not
        do: the late entry brings it back to what it was before an old one was deleted. Plain
        SQL, because every search and every cached page asks, and building the query in Python
        costs ten times what the database needs to answer it.
        """
        table = connection.ops.quote_name(self.model._meta.db_table)
        shown = f"CASE WHEN kind <> '{OutboxEntry.Kind.TEXT.value}' THEN id END"
        with unnoted(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT MAX({shown}), SUM({shown}), MAX(id), SUM(id), "
                f"COUNT(id) - COUNT(processed_at) FROM {table}"
            )
            newest_shown, total_shown, newest, total, pending = cursor.fetchone()
        return State(f"p{newest_shown}.{total_shown}", f"{newest}.{total}", pending)


class OutboxEntry(models.Model):
    """One change: a page, a document, its text or, with none, something many pages show."""

    class Kind(models.TextChoices):
        PAGE = "page"
        DOCUMENT = "document"
        TEXT = "text"  # what was read in a document: only searches show it
        SITE = "site"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, db_index=True)

    objects = OutboxQuerySet.as_manager()

    def __str__(self):
        return f"{self.kind} {self.object_id or ''}".strip()
