"""Geographic features of areas: which have a coast or a lake shore, and which do not."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Feature(models.TextChoices):
    COAST = "coast", _("sea coast")
    LAKE = "lake", _("shore of Songkhla Lake")
    RIVER = "river", _("river or canal")
    MANGROVE = "mangrove", _("mangrove")
    FOREST = "forest", _("forest")
    FARMLAND = "farmland", _("farmland")


class AreaFeatureQuerySet(models.QuerySet):
    def known_of(self, area) -> dict[str, bool]:
        """Feature → whether ``area`` has it, where that is certain.

        A subdistrict lacks what its whole district lacks, but need not have what the district has.
        """
        known = {}
        for row in self.filter(area__geocode__in=area.lineage).select_related("area"):
            if row.area.geocode == area.geocode or not row.present:
                known[row.feature] = row.present
        return known


class AreaFeature(models.Model):
    """One certain fact about one area, with its source."""

    area = models.ForeignKey(
        "hub.Area", models.CASCADE, related_name="features", verbose_name=_("area")
    )
    feature = models.CharField(_("feature"), max_length=12, choices=Feature.choices)
    present = models.BooleanField(
        _("the area has it"), default=True,
        help_text=_("Unticked: the area certainly does not have it."),
    )
    source = models.CharField(_("source"), max_length=255)

    objects = AreaFeatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("feature of an area")
        verbose_name_plural = _("features of areas")
        ordering = ["area__geocode", "feature"]
        constraints = [
            models.UniqueConstraint(fields=["area", "feature"], name="one_fact_per_area")
        ]

    def __str__(self):
        return f"{self.area}: {self.get_feature_display()}"
