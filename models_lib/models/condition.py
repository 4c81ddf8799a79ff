"""Conditions of a Model, as text and, where possible, in a form that can be checked."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Orderable, TranslatableMixin

from models_lib.models.area_feature import Feature


class Condition(TranslatableMixin, Orderable):
    """What must hold for the Model to work; without a ``required`` one the Model does not fit.

    People answer a condition without a kind themselves; one with a kind is compared with what
    they enter about their community.
    """

    class Kind(models.TextChoices):
        HOUSEHOLDS_MIN = "households-min", _("at least so many households")
        HOUSEHOLDS_MAX = "households-max", _("at most so many households")
        PEOPLE = "people", _("at least so many people who help")
        BUDGET = "budget", _("at least so many baht")
        PLACE = "place", _("the place has")
        SKILL = "skill", _("somebody has the skill")
        GROUP = "group", _("there is such a group")

    # Kind → the field that holds its value.
    VALUES = {
        Kind.HOUSEHOLDS_MIN: "amount", Kind.HOUSEHOLDS_MAX: "amount", Kind.PEOPLE: "amount",
        Kind.BUDGET: "amount", Kind.PLACE: "feature", Kind.SKILL: "skill", Kind.GROUP: "group",
    }

    page = ParentalKey(
        "models_lib.ModelPage", on_delete=models.CASCADE, related_name="conditions"
    )
    text = models.TextField(_("condition"))
    required = models.BooleanField(_("cannot be done without"), default=True)
    kind = models.CharField(
        _("what is checked"), max_length=16, choices=Kind.choices, blank=True,
        help_text=_("Leave empty where only people can tell."),
    )
    amount = models.PositiveIntegerField(
        _("how many"), null=True, blank=True, help_text=_("Households, people or baht.")
    )
    feature = models.CharField(
        _("what the place has"), max_length=12, choices=Feature.choices, blank=True
    )
    # SET_NULL, because old revisions of the page must stay readable when the skill or group is
    # deleted; the condition is then answered by people.
    skill = models.ForeignKey(
        "models_lib.Skill", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("skill"),
    )
    group = models.ForeignKey(
        "models_lib.CommunityGroup", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("community group"),
    )

    panels = [
        FieldPanel("text"),
        FieldPanel("required"),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldRowPanel([FieldPanel("amount"), FieldPanel("feature")]),
                FieldRowPanel([FieldPanel("skill"), FieldPanel("group")]),
            ],
            heading=_("For the search for a Model that fits"),
        ),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("condition")

    def __str__(self):
        return self.text

    def clean(self):
        """Raises ValidationError if the kind has no value."""
        super().clean()
        name = self.VALUES.get(self.kind)
        if name and not getattr(self, name):
            raise ValidationError({name: _("Say what has to be there.")})
