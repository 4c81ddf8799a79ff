"""A published version of a page: numbered, kept, and readable at an address of its own."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision


def delete_only_with_page(collector, field, sub_objs, using):
    """For ``on_delete``: a published revision is deleted with its page, and never alone.

    PROTECT would keep the page from being deleted too; RESTRICT raises what Wagtail's
    ``purge_revisions`` does not know. That command counts what PROTECT refuses and goes on.
    """
    origin = collector.origin
    model = getattr(origin, "model", type(origin))
    if issubclass(model, Revision):
        models.PROTECT(collector, field, sub_objs, using)
    else:
        models.CASCADE(collector, field, sub_objs, using)


class PublishedVersion(models.Model):
    """Version ``number`` of ``page``: what ``revision`` held when it was published.

    Made by ``hub.versions.numbering`` at each publication whose content differs from the version
    before.
    """

    page = models.ForeignKey(
        "hub.KnowledgePage", on_delete=models.CASCADE, related_name="published_versions"
    )
    number = models.PositiveIntegerField(_("version"))
    revision = models.ForeignKey(
        Revision, on_delete=delete_only_with_page, related_name="published_versions"
    )
    published_at = models.DateTimeField(_("published on"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+",
        verbose_name=_("published by"),
    )
    digest = models.CharField(max_length=64)
    note = models.TextField(_("what changed"), blank=True)

    class Meta:
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="one_page_one_number")
        ]

    def __str__(self):
        return _("Version %(number)s") % {"number": self.number}

    @property
    def publisher(self) -> str:
        """The full name of the publisher; never their username."""
        return self.published_by.get_full_name() if self.published_by else ""
