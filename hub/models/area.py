"""Areas: Thailand's province, district and subdistrict as a tree."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from hub.models.topic import BilingualName


class AreaQuerySet(models.QuerySet):
    def provinces(self):
        return self.filter(level=Area.Level.PROVINCE)

    def districts(self):
        return self.filter(level=Area.Level.DISTRICT)

    def within(self, area):
        """``area`` itself and all below it."""
        return self.filter(geocode__startswith=area.geocode)


class AreaManager(models.Manager.from_queryset(AreaQuerySet)):
    """With their parents, whose names are part of theirs: a form with every area asks once."""

    def get_queryset(self):
        return super().get_queryset().select_related("parent")


class Area(index.Indexed, BilingualName):
    """One area; the official geocode is its place in the tree.

    Department of Provincial Administration codes have 2 digits for a province, 4 for a district
    and 6 for a subdistrict, and each begins with its parent's: 90 → 9011 → 901101.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        DISTRICT = "district", _("District")
        SUBDISTRICT = "subdistrict", _("Subdistrict")

    LEVELS = {2: Level.PROVINCE, 4: Level.DISTRICT, 6: Level.SUBDISTRICT}

    geocode = models.CharField(
        _("official area code"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^(\d{2}){1,3}$", _("Enter 2, 4 or 6 digits."))],
        help_text=_("2 digits for a province, 4 for a district, 6 for a subdistrict."),
    )
    level = models.CharField(max_length=12, choices=Level.choices, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="children"
    )

    objects = AreaManager()

    search_fields = [
        index.SearchField("name_th"),
        index.SearchField("name_en"),
        index.AutocompleteField("name_th"),
        index.AutocompleteField("name_en"),
    ]

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["geocode"]

    def __str__(self):
        return " · ".join(filter(None, [self.name, self.parent.name if self.parent else ""]))

    def clean(self):
        """Place the area under the one whose code begins its own.

        Raises ValidationError when that parent is not there yet.
        """
        super().clean()
        if len(self.geocode) not in self.LEVELS:
            return
        self.level = self.LEVELS[len(self.geocode)]
        self.parent = None
        if self.level != self.Level.PROVINCE:
            self.parent = Area.objects.filter(geocode=self.geocode[:-2]).first()
            if self.parent is None:
                raise ValidationError(
                    {"geocode": _("Add the area %(code)s first.") % {"code": self.geocode[:-2]}}
                )

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    @property
    def lineage(self) -> list[str]:
        """Geocodes from the province down to this area, e.g. ``["90", "9011"]``."""
        return [self.geocode[:n] for n in range(2, len(self.geocode) + 1, 2)]
