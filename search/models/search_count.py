"""Counts of searches, of searches without results, and of what was opened; nothing personal."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models.clock import deletes_by_age

MIN_SHOWN = 3  # a text searched for less often could identify a person
RETENTION_DAYS = 396  # 13 months, to compare this month with last year's
RARE_RETENTION_DAYS = 30  # the time that a text has to become common
OTHER_SEARCHES = ""  # the text of the row that counts all other searches of a day


class SearchCountQuerySet(models.QuerySet):
    def common_texts(self):
        """The texts searched for often enough to be shown."""
        counted = (
            self.model.objects.exclude(text=OTHER_SEARCHES)
            .values("text").annotate(n=Sum("searches"))
        )
        return counted.filter(n__gte=MIN_SHOWN).values("text")

    def for_report(self, per_day):
        """Rows of shown, language, times, times_no_results and times_opened, and of day if
        ``per_day``; rare texts are added up in one row under OTHER_SEARCHES."""
        rows = self.annotate(
            shown=Case(
                When(text__in=self.common_texts(), then=F("text")), default=Value(OTHER_SEARCHES)
            )
        ).values(*(["day"] if per_day else []), "language", "shown")
        return rows.annotate(
            times=Sum("searches"), times_no_results=Sum("no_results"), times_opened=Sum("opened")
        )

    @deletes_by_age
    def prune(self, today=None):
        """Delete old rows; add what stayed rare to its day's OTHER_SEARCHES, without its text."""
        today = today or timezone.localdate()
        self.filter(day__lt=today - timedelta(days=RETENTION_DAYS)).delete()
        rare = self.filter(day__lt=today - timedelta(days=RARE_RETENTION_DAYS)).exclude(
            text=OTHER_SEARCHES
        ).exclude(text__in=self.common_texts())
        for row in list(rare):
            self.add(
                row.day, row.language, OTHER_SEARCHES, row.searches, row.no_results, row.opened
            )
            row.delete()

    def add(self, day, language, text, searches=0, no_results=0, opened=0):
        """Add to the counts of a row, created if missing; returns the row's id."""
        row, _created = self.get_or_create(day=day, language=language, text=text)
        self.filter(pk=row.pk).update(
            searches=F("searches") + searches, no_results=F("no_results") + no_results,
            opened=F("opened") + opened,
        )
        return row.pk


class SearchCount(models.Model):
    """One search in one language on one day. No time, address, session or user is stored."""

    day = models.DateField()
    language = models.CharField(max_length=10)
    text = models.CharField(max_length=100, blank=True)
    searches = models.PositiveIntegerField(default=0)
    no_results = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)

    objects = SearchCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "language", "text"], name="unique_search_count"
            ),
        ]
        indexes = [models.Index(fields=["text"], name="search_count_by_text")]

    def __str__(self):
        return f"{self.day} {self.language} {self.text}"


class OpenedCount(models.Model):
    """How often a page, or a file, was opened from the results of a search on a day."""

    search = models.ForeignKey(SearchCount, on_delete=models.CASCADE, related_name="openings")
    page = models.ForeignKey(
        "hub.KnowledgePage", on_delete=models.CASCADE, null=True, related_name="+"
    )
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.CASCADE, null=True,
        related_name="+",
    )
    opened = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.page or self.document}: {self.opened}"
