"""What a community can contribute: skills and groups, two lists kept by editors."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from hub.models import BilingualName


class Skill(index.Indexed, BilingualName):
    """Something that people can do, e.g. bookkeeping."""

    slug = models.SlugField(_("slug"), unique=True)

    search_fields = [index.AutocompleteField("name_th"), index.AutocompleteField("name_en")]

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name_th"]


class CommunityGroup(index.Indexed, BilingualName):
    """A kind of group that many communities have, e.g. a savings group."""

    slug = models.SlugField(_("slug"), unique=True)

    search_fields = [index.AutocompleteField("name_th"), index.AutocompleteField("name_en")]

    class Meta:
        verbose_name = _("community group")
        verbose_name_plural = _("community groups")
        ordering = ["name_th"]
