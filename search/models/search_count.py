"""How often something was searched for, found nothing, and what was opened: counts, no person."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SHOWN_FROM = 3  # a search asked for less often could tell of one person
DAYS_KEPT = 396  # 13 months: this month can be seen beside last year's
DAYS_RARE_KEPT = 30  # so long a search may take to become a common one
TOGETHER = ""  # the text of the row that counts all other searches of a day


class SearchCountQuerySet(models.QuerySet):
    def common(self):
        """The texts that were asked for often enough to be shown."""
        asked = self.model.objects.exclude(text=TOGETHER).values("text").annotate(n=Sum("asked"))
        return asked.filter(n__gte=SHOWN_FROM).values("text")

    def for_report(self, per_day):
        """Rows of shown, language, asked, nothing and opened, and of day if ``per_day``; what is
        rare stands in a row of its own under TOGETHER."""
        rows = self.annotate(
            shown=Case(When(text__in=self.common(), then=F("text")), default=Value(TOGETHER))
        ).values(*(["day"] if per_day else []), "language", "shown")
        return rows.annotate(
            times=Sum("asked"), times_nothing=Sum("nothing"), times_opened=Sum("opened")
        )

    def forget(self, today=None):
        """Drop what is old; put what stayed rare into its day's common row, without its words."""
        today = today or timezone.localdate()
        self.filter(day__lt=today - timedelta(days=DAYS_KEPT)).delete()
        rare = self.filter(day__lt=today - timedelta(days=DAYS_RARE_KEPT)).exclude(
            text=TOGETHER
        ).exclude(text__in=self.common())
        for row in list(rare):
            self.add(row.day, row.language, TOGETHER, row.asked, row.nothing, row.opened)
            row.delete()

    def add(self, day, language, text, asked=0, nothing=0, opened=0):
        """Count on; returns the row's number."""
        row, _is_new = self.get_or_create(day=day, language=language, text=text)
        self.filter(pk=row.pk).update(
            asked=F("asked") + asked, nothing=F("nothing") + nothing, opened=F("opened") + opened
        )
        return row.pk


class SearchCount(models.Model):
    """One search in one language on one day. No time, address, session or user is kept."""

    day = models.DateField()
    language = models.CharField(max_length=10)
    text = models.CharField(max_length=100, blank=True)
    asked = models.PositiveIntegerField(default=0)
    nothing = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)

    objects = SearchCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "language", "text"], name="one_count_of_a_search"
            ),
        ]
        indexes = [models.Index(fields=["text"], name="count_by_text")]

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
