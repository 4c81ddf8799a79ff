"""Parties: who is responsible for carrying out a clause."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from hub.models import BilingualName


class Party(index.Indexed, BilingualName):
    """An organisation or community that answers for clauses."""

    class Kind(models.TextChoices):
        LOCAL_GOVERNMENT = "local_government", _("Local government")
        PROVINCE = "province", _("Provincial agency")
        MINISTRY = "ministry", _("Ministry or department")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        COMMUNITY = "community", _("Community")
        ACADEMIC = "academic", _("Academic institution")
        BUSINESS = "business", _("Business")

    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)

    search_fields = [
        index.SearchField("name_th"),
        index.SearchField("name_en"),
        index.AutocompleteField("name_th"),
        index.AutocompleteField("name_en"),
    ]

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["name_th"]
