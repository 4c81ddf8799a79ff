"""A course pack as somebody took it home: what was in it, file by file."""

from django.db import models
from django.utils import timezone

SHOWN = 16  # letters of the digest that stand in addresses: nobody guesses them


class PackEditionQuerySet(models.QuerySet):
    def keep(self, page, manifest, digest, for_facilitators) -> None:
        """Remember the pack of ``page`` with this ``manifest``, unless it is known."""
        self.get_or_create(
            page_id=page.pk, digest=digest, for_facilitators=for_facilitators,
            defaults={"version": manifest["version"] or 0, "manifest": manifest},
        )


class PackEdition(models.Model):
    """The pack of ``page`` whose manifest.json has the SHA-256 ``digest``.

    A version of a curriculum may have several: a file was replaced, a Model was withdrawn. One is
    kept the first time it is offered, so that whatever a reader holds is known. ``version`` is 0
    where there was none.
    """

    wagtail_reference_index_ignore = True

    page = models.ForeignKey(
        "courses.CurriculumPage", on_delete=models.CASCADE, related_name="pack_editions"
    )
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    for_facilitators = models.BooleanField()
    manifest = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    objects = PackEditionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "digest", "for_facilitators"], name="one_edition_of_a_manifest"
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        """What names it in an address."""
        return self.digest[:SHOWN]
