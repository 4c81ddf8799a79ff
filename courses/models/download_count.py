"""How often something of a curriculum was downloaded: counts, no person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.curriculum_page import CurriculumPage


class What(models.TextChoices):
    """What of a curriculum can be downloaded."""

    PACK = "pack", _("The whole course pack")
    SESSION = "session", _("One session")
    CHANGES = "changes", _("Only what changed since a copy")
    PDF = "pdf", _("To print (PDF)")
    EPUB = "epub", _("To read as a book (EPUB)")
    HANDOUT = "handout", _("A file by itself")


class DownloadCountQuerySet(models.QuerySet):
    def add(self, times=1, **row):
        """Count on; whoever counts at the same moment counts on in the same row."""
        found, _is_new = self.get_or_create(**row)
        self.filter(pk=found.pk).update(times=F("times") + times)


class DownloadCount(models.Model):
    """One thing of one version of a curriculum on one day. No time, address or user is kept.

    A handout is its document; of one that was deleted, if it was open to all until then, the
    title stays (see ``courses.files``).
    """

    wagtail_reference_index_ignore = True

    page = models.ForeignKey(
        CurriculumPage, on_delete=models.CASCADE, related_name="download_counts"
    )
    day = models.DateField()
    version = models.PositiveIntegerField(default=0)  # 0: of a page without numbered versions
    what = models.CharField(max_length=10, choices=What.choices)
    session = models.PositiveIntegerField(default=0)  # its place, of a session's pack
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.SET_NULL, null=True,
        related_name="+",
    )
    title = models.CharField(max_length=255, blank=True)
    times = models.PositiveIntegerField(default=0)

    objects = DownloadCountQuerySet.as_manager()

    class Meta:
        constraints = [  # two, because to a database no document is never the same as another
            models.UniqueConstraint(
                fields=["page", "day", "version", "what", "session"],
                condition=~Q(what=What.HANDOUT), name="one_count_of_a_pack",
            ),
            models.UniqueConstraint(
                fields=["page", "day", "version", "document"],
                condition=Q(what=What.HANDOUT), name="one_count_of_a_handout",
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.what}: {self.times}"
