"""Course packs as they were downloaded: what was in them, file by file."""

from django.db import models
from django.utils import timezone

CODE_LENGTH = 16  # characters of the digest in addresses: not guessable


class PackEditionQuerySet(models.QuerySet):
    def record(self, page, manifest, digest, for_facilitators) -> None:
        """Store the pack of ``page`` with this ``manifest``, unless it is known already."""
        self.get_or_create(
            page_id=page.pk, digest=digest, for_facilitators=for_facilitators,
            defaults={"version": manifest["version"] or 0, "manifest": manifest},
        )


class PackEdition(models.Model):
    """The pack of ``page`` whose manifest.json has the SHA-256 ``digest``.

    A version of a curriculum may have several: a file was replaced, a Model was withdrawn. Each is
    stored when it is first offered, so that every copy a reader may have is known. ``version`` is
    0 where there was none.
    """

    wagtail_reference_index_ignore = True

    page = models.ForeignKey(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="pack_editions"
    )
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    for_facilitators = models.BooleanField()
    manifest = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = PackEditionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "digest", "for_facilitators"], name="unique_pack_edition"
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        """What identifies it in an address."""
        return self.digest[:CODE_LENGTH]
