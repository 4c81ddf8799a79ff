"""Parties: who is responsible for carrying out clauses, and who reports for them."""

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from hub.models import OneOrganisation


def new_link_key() -> str:
    return get_random_string(22)


class PartyManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("organisation")


class Party(models.Model):
    """An organisation that is responsible for clauses."""

    organisation = OneOrganisation(
        on_delete=models.PROTECT, related_name="party", verbose_name=_("organisation")
    )
    email = models.EmailField(
        _("contact e-mail"), blank=True, help_text=_("Reminders of due dates go there.")
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="parties",
        verbose_name=_("who reports for the party"),
    )
    # Signed into every link of a reminder: a new key revokes all of them.
    link_key = models.CharField(max_length=22, default=new_link_key, editable=False)

    objects = PartyManager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["organisation__name_th", "pk"]
        base_manager_name = "objects"  # a party is never shown without its name

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.organisation.name

    @property
    def name_th(self) -> str:
        return self.organisation.name_th

    @property
    def name_en(self) -> str:
        return self.organisation.name_en

    @property
    def slug(self) -> str:
        """What addresses call it."""
        return self.organisation.slug
