"""Documents and images: stored under their Thai names, checked by content, hashed on save."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from hub.files.names import document_upload_to, image_upload_to
from hub.files.validation import validate_document, validate_image


class HubDocument(AbstractDocument):
    """A file to download; the search app extracts its text in the background."""

    file = models.FileField(_("file"), upload_to=document_upload_to)

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def clean(self):
        super().clean()
        if self.file and not self.file._committed:
            validate_document(self.file, self.file.name)

    def save(self, *args, **kwargs):
        # Stock Wagtail hashes in its upload form only; through the ORM a replaced file would keep
        # its old ETag and browsers would get 304 for the old text.
        if self.file and (not self.file_hash or self._file_is_new()):
            self._set_document_file_metadata()
        super().save(*args, **kwargs)

    def _file_is_new(self) -> bool:
        if not self.file._committed:
            return True
        stored = HubDocument.objects.filter(pk=self.pk).values_list("file", flat=True).first()
        return stored != self.file.name


class HubImage(AbstractImage):
    """A picture with its alternative text."""

    alt_text = models.CharField(
        _("alternative text"),
        max_length=255,
        blank=True,
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    credit = models.CharField(_("credit"), max_length=255, blank=True)

    admin_form_fields = (*Image.admin_form_fields, "alt_text", "credit")

    def clean(self):
        super().clean()
        if self.file and not self.file._committed:
            validate_image(self.file, self.file.name)

    def get_upload_to(self, filename):
        return image_upload_to(self, filename)

    @property
    def default_alt_text(self):
        return self.alt_text or self.description or self.title

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class HubRendition(AbstractRendition):
    """An image in the size a page asks for."""

    image = models.ForeignKey(HubImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]
