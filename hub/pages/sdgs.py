"""The United Nations' Sustainable Development Goals as a field.

Source of the names: https://sdgs.un.org/goals (English) and their Thai names in common use.
"""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

SDGS = [
    (1, _("No poverty")),
    (2, _("Zero hunger")),
    (3, _("Good health and well-being")),
    (4, _("Quality education")),
    (5, _("Gender equality")),
    (6, _("Clean water and sanitation")),
    (7, _("Affordable and clean energy")),
    (8, _("Decent work and economic growth")),
    (9, _("Industry, innovation and infrastructure")),
    (10, _("Reduced inequalities")),
    (11, _("Sustainable cities and communities")),
    (12, _("Responsible consumption and production")),
    (13, _("Climate action")),
    (14, _("Life below water")),
    (15, _("Life on land")),
    (16, _("Peace, justice and strong institutions")),
    (17, _("Partnerships for the goals")),
]


class SdgField(models.JSONField):
    """A list of goal numbers, e.g. ``[1, 14]``, ticked in a form."""

    def formfield(self, **kwargs):
        return forms.TypedMultipleChoiceField(
            choices=SDGS,
            coerce=int,
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )
