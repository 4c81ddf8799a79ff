"""The form of the fit search, and the query string that holds its values."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from hub.forms.text_fields import LongTextField, TextField
from hub.models import Area
from models_lib.fit.ranking import Situation
from models_lib.models import AreaFeature, CommunityGroup, Feature, Skill

MULTIPLIERS = {"พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
UNITS = re.compile(r"(บาท|baht|thb|฿|ครัวเรือน|หลังคาเรือน|หลัง|households?|คน|people)", re.I)
NUMBER = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(MULTIPLIERS)})?")
GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+")
ANSWER = re.compile(r"a-([0-9a-f]{10})")
ANSWERS = {"yes": True, "no": False}
MAX_NUMBER = 1_000_000_000


def read_number(text) -> int:
    """The whole number in ``text``, e.g. ๑๒,๕๐๐, 12 500 บาท, 1.5 แสน. Raises ValueError."""
    text = UNITS.sub("", text).strip()
    if GROUPED.fullmatch(text):
        return int(re.sub("[, ]", "", text))
    match = NUMBER.fullmatch(re.sub(r"\s", "", text))
    if match is None:
        raise ValueError(text)
    number = float(match[1]) * MULTIPLIERS.get(match[2], 1)
    if number != int(number):
        raise ValueError(text)
    return int(number)


class NumberField(TextField):
    """A whole number as people write it; None if empty."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **options):
        super().__init__(required=False, max_length=40, **options)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            number = read_number(text)
        except ValueError:
            raise ValidationError(_("Write a whole number, e.g. 120 or 12,500.")) from None
        if number > MAX_NUMBER:
            raise ValidationError(_("This number is too large."))
        return number


def area_choices() -> list:
    """Choices grouped by district: its subdistricts, then the whole district."""
    areas = list(Area.objects.exclude(level=Area.Level.PROVINCE))
    choices = [("", _("Choose a subdistrict"))]
    for district in (a for a in areas if a.level == Area.Level.DISTRICT):
        below = [(a.geocode, a.name) for a in areas if a.geocode[:4] == district.geocode
                 and a.level == Area.Level.SUBDISTRICT]
        whole = (district.geocode, _("%(district)s, whole district") % {"district": district.name})
        choices.append((district.name, [*below, whole]))
    return choices


class FitForm(forms.Form):
    """Describes a community; every field is optional, but at least one must be filled."""

    problem = LongTextField(
        label=_("Which problem do you want to solve?"), required=False, max_length=1000,
        help_text=_("In your own words, as you would tell a neighbour."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
    )
    area = forms.ChoiceField(
        label=_("Where is your community?"), required=False, choices=area_choices,
        error_messages={"invalid_choice": _("Choose a place from the list.")},
    )
    households = NumberField(label=_("How many households?"))
    people = NumberField(label=_("How many people can lend a hand?"))
    budget = NumberField(
        label=_("How much money is there, in baht?"), help_text=_("E.g. 20,000"),
    )
    place = forms.MultipleChoiceField(
        label=_("What is there at your place?"), required=False, choices=Feature.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    skill = forms.MultipleChoiceField(
        label=_("What can people do?"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(skill.slug, skill.name) for skill in Skill.objects.all()],
    )
    group = forms.MultipleChoiceField(
        label=_("Which groups are there?"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(group.slug, group.name) for group in CommunityGroup.objects.all()],
    )

    def __init__(self, data=None):
        super().__init__(data)
        for name in ("place", "skill", "group"):
            self.fields[name].error_messages["invalid_choice"] = _("Choose from the list.")
        if self.is_bound:
            for name in self.errors:
                if name in self.fields:
                    self.fields[name].widget.attrs["aria-invalid"] = "true"
        for name, field in self.fields.items():
            described_by = [f"{name}-help"] if field.help_text else []
            if self.is_bound and name in self.errors:
                described_by.insert(0, f"{name}-problem")
            if described_by:
                field.widget.attrs["aria-describedby"] = " ".join(described_by)

    @classmethod
    def from_query(cls, parameters) -> "FitForm":
        """The form bound to ``parameters``; unbound if none of its fields is among them."""
        is_sent = any(name in parameters for name in cls.base_fields)
        return cls(parameters if is_sent else None)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and all(value in (None, "", []) for value in cleaned.values()):
            raise ValidationError(_("Fill in at least one thing."))
        return cleaned

    # Of a valid form

    @property
    def chosen_area(self) -> Area | None:
        return Area.objects.filter(geocode=self.cleaned_data["area"] or None).first()

    @property
    def answers(self) -> dict[str, bool]:
        """Answers to requirements: key → yes or no."""
        found = {}
        for name, value in self.data.items():
            match = ANSWER.fullmatch(name)
            if match and value in ANSWERS:
                found[match[1]] = ANSWERS[value]
        return found

    def situation(self, area) -> Situation:
        """The cleaned values; ``area`` is ``chosen_area``."""
        values = self.cleaned_data
        return Situation(
            area=area.geocode if area else "",
            households=values["households"], people=values["people"], budget=values["budget"],
            skills=frozenset(values["skill"]), groups=frozenset(values["group"]),
            features=frozenset(values["place"]),
            area_features=AreaFeature.objects.known_of(area) if area else {},
            answers=self.answers,
        )

    def query_pairs(self, without=()) -> list[tuple[str, str]]:
        """(name, value) of each value, for a query string, without answers to the keys in
        ``without``."""
        found = []
        for name in self.fields:
            value = self.cleaned_data[name]
            if isinstance(value, list):
                found += [(name, item) for item in value]
            elif value not in (None, ""):
                found.append((name, str(value)))
        found += [
            (f"a-{key}", "yes" if answer else "no")
            for key, answer in sorted(self.answers.items()) if key not in without
        ]
        return found

    def query_string(self) -> str:
        """The shortest query string for the same values."""
        query = QueryDict(mutable=True)
        for name, value in self.query_pairs():
            query.appendlist(name, value)
        return query.urlencode()

    def chosen_labels(self, name) -> list[str]:
        """Labels of the choices that are ticked in the field ``name``."""
        labels = dict(self.fields[name].choices)
        return [str(labels[value]) for value in self.cleaned_data[name]]
