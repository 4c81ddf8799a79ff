"""The glossary that editors keep for search."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from search.text import thai


class GlossaryTerm(index.Indexed, models.Model):
    """Names of one thing: each finds what is written under the others.

    A Thai name that the dictionary lacks becomes a word of the segmenter, so a term with a
    single name is useful too.
    """

    MAX_NAMES = 12
    MAX_CHARACTERS = 80

    names = models.TextField(
        _("names"),
        help_text=_(
            "One on each line, in any language: full names, abbreviations, how villagers call it."
        ),
    )
    note = models.TextField(_("what it is"), blank=True)

    search_fields = [index.SearchField("names"), index.AutocompleteField("names")]

    class Meta:
        verbose_name = _("word or synonym")
        verbose_name_plural = _("words and synonyms")
        ordering = ["names"]

    def __str__(self):
        return " = ".join(self.name_list)

    @property
    def name_list(self) -> list[str]:
        """The names in order, each once."""
        names = (" ".join(thai.canonical(line).split()) for line in self.names.splitlines())
        return list(dict.fromkeys(filter(None, names)))

    def clean(self):
        super().clean()
        names = self.name_list
        if not names:
            raise ValidationError({"names": _("Write at least one name.")})
        if len(names) > self.MAX_NAMES:
            raise ValidationError(
                {"names": _("At most %(most)s names.") % {"most": self.MAX_NAMES}}
            )
        for name in names:
            words = thai.words(name)
            if not words or len(name) < 2 or set(words) <= thai.STOP_WORDS:
                raise ValidationError(
                    {"names": _("“%(name)s” is no word to search for.") % {"name": name[:40]}}
                )
            if len(name) > self.MAX_CHARACTERS:
                raise ValidationError(
                    {"names": _("“%(name)s…” is too long.") % {"name": name[:40]}}
                )
        self.names = "\n".join(names)
