"""Parties: who is responsible for carrying out clauses, and who reports for them."""

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from hub.models import BilingualName


def new_link_key() -> str:
    return get_random_string(22)


class Party(index.Indexed, BilingualName):
    """An organisation or community that is responsible for clauses."""

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
    email = models.EmailField(
        _("contact e-mail"), blank=True, help_text=_("Reminders of due dates go there.")
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="parties",
        verbose_name=_("who reports for the party"),
    )
    # Signed into every link of a reminder: a new key revokes all of them.
    link_key = models.CharField(max_length=22, default=new_link_key, editable=False)

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
