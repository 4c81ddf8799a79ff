"""Checksums of the files of documents, stored so that files are read only once."""

from django.conf import settings
from django.db import models


class Checksum(models.Model):
    """Checksums of the file of ``document``, written by ``courses.packs.checksums``.

    They are computed again when ``file_name`` or ``file_hash`` differ from the document's.
    """

    wagtail_reference_index_ignore = True

    document = models.OneToOneField(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    file_name = models.CharField(max_length=255)
    file_hash = models.CharField(max_length=40)
    bytes = models.PositiveBigIntegerField()
    crc32 = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    def __str__(self):
        return f"{self.file_name} {self.sha256}"
