"""How often something of a curriculum was downloaded: counts, no personal data."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.curriculum_page import CurriculumPage


class DownloadKind(models.TextChoices):
    """What of a curriculum can be downloaded."""

    PACK = "pack", _("The whole course pack")
    SESSION = "session", _("One session")
    CHANGES = "changes", _("Only what changed since a copy")
    PDF = "pdf", _("To print (PDF)")
    EPUB = "epub", _("To read as a book (EPUB)")
    HANDOUT = "handout", _("A file by itself")


class DownloadCountQuerySet(models.QuerySet):
    def increment(self, by=1, **row) -> None:
        """Add ``by`` to the count of ``row``, safely beside other processes."""
        found, _is_new = self.get_or_create(**row)
        self.filter(pk=found.pk).update(count=F("count") + by)


class DownloadCount(models.Model):
    """Downloads of one kind, of one version of a curriculum, on one day.

    No time, address or user is stored. A handout is counted by its document; when that is deleted,
    its title is kept if it was open to everybody (see ``courses.handouts.tracking``).
    """

    wagtail_reference_index_ignore = True

    page = models.ForeignKey(
        CurriculumPage, on_delete=models.CASCADE, related_name="download_counts"
    )
    day = models.DateField()
    version = models.PositiveIntegerField(default=0)  # 0: of a page without numbered versions
    kind = models.CharField(max_length=10, choices=DownloadKind.choices)
    session = models.PositiveIntegerField(default=0)  # its place, for the pack of a session
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.SET_NULL, null=True,
        related_name="+",
    )
    title = models.CharField(max_length=255, blank=True)
    count = models.PositiveIntegerField(default=0)

    objects = DownloadCountQuerySet.as_manager()

    class Meta:
        constraints = [  # two, because NULL documents are distinct to a database
            models.UniqueConstraint(
                fields=["page", "day", "version", "kind", "session"],
                condition=~Q(kind=DownloadKind.HANDOUT), name="unique_download_count",
            ),
            models.UniqueConstraint(
                fields=["page", "day", "version", "document"],
                condition=Q(kind=DownloadKind.HANDOUT), name="unique_handout_download_count",
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.kind}: {self.count}"
