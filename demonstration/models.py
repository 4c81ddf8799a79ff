"""Which pages the demonstration loaded, so that they can be refreshed and removed."""

from django.db import models


class LoadedPage(models.Model):
    """A page created from a text; another latest revision means that an editor changed it."""

    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    revision_id = models.PositiveBigIntegerField(null=True)

    class Meta:
        unique_together = [("name", "language")]

    def __str__(self):
        return f"{self.name} ({self.language})"
