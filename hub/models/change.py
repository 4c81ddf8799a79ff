"""The change log: what changed in public content, written in the transaction of the change."""

from datetime import timedelta

from django.db import models
from django.db.models import Count, Max
from django.utils import timezone


class ChangeQuerySet(models.QuerySet):
    def pending(self):
        """Rows that the search index has not taken in yet, oldest first."""
        return self.filter(applied_at=None).order_by("pk")

    def applied(self, pks):
        """Mark the rows as taken in and forget those applied more than a day ago."""
        now = timezone.now()
        self.filter(pk__in=pks).update(applied_at=now)
        old = self.filter(applied_at__lt=now - timedelta(days=1))
        # The newest row stays: its number is the generation that cached pages are held against.
        old.exclude(pk=self.aggregate(Max("pk"))["pk__max"]).delete()

    def generation(self) -> str:
        """A token that differs after every committed change.

        The highest number alone would miss a transaction that took a lower number and
        committed later, as PostgreSQL allows; together with the count it cannot.
        """
        row = self.aggregate(newest=Max("pk"), count=Count("pk"))
        return f"{row['newest']}.{row['count']}"


class Change(models.Model):
    """One change: a page, a document or, with neither, something many pages show."""

    class Kind(models.TextChoices):
        PAGE = "page"
        DOCUMENT = "document"
        SITE = "site"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, db_index=True)

    objects = ChangeQuerySet.as_manager()

    def __str__(self):
        return f"{self.kind} {self.object_id or ''}".strip()
