"""Topics: the groups of people and the issues that the foundation's strategy names."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.search import index


class BilingualName(models.Model):
    """A thing with a Thai and an English name that shows itself in the reader's language."""

    name_th = models.CharField(_("name in Thai"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language; Thai where there is no English one."""
        if (get_language() or "th").startswith("en") and self.name_en:
            return self.name_en
        return self.name_th


class Topic(index.Indexed, BilingualName):
    """A subject that pages are filed under: a group of people or an issue."""

    class Kind(models.TextChoices):
        GROUP = "group", pgettext_lazy("kind of topic", "Group of people")
        ISSUE = "issue", pgettext_lazy("kind of topic", "Issue")

    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ISSUE)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    search_fields = [
        index.SearchField("name_th"),
        index.SearchField("name_en"),
        index.AutocompleteField("name_th"),
        index.AutocompleteField("name_en"),
    ]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["kind", "sort_order", "name_th"]
