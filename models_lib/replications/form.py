"""The form of a report, made for phones: all values arrive as text."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.forms.date_fields import explanation
from hub.forms.text_fields import CHARACTERS_PER_LETTER, LongTextField, TextField
from hub.thai.dates import NotADate, Reason, read_day_or_month
from hub.thai.text import typed
from models_lib.models import BlockOutcome, ReplicationContact, ReplicationPage
from models_lib.replications.amounts import whole_number
from models_lib.replications.area_lookup import (
    area_choices,
    area_label,
    find_areas,
    selectable_areas,
)

CONTACT_FIELDS = ("contact_name", "contact_phone", "contact_email")
MAX_LENGTH = 20_000  # letters of one answer
MAX_CHARACTERS = MAX_LENGTH * CHARACTERS_PER_LETTER


class AmountField(TextField):
    """A whole number as people write it; None if empty."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return whole_number(text)
        except ValueError as error:
            raise ValidationError(
                _("Write a number, for example 12,500 or ๑๒,๕๐๐.")
            ) from error


class DayField(TextField):
    """A day or a month that is past; ``last`` says which end of a month is meant."""

    def __init__(self, *, last=False, **kwargs):
        super().__init__(**kwargs)
        self.last = last

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            day = read_day_or_month(text)[self.last]
        except NotADate as refused:
            raise ValidationError(
                _("Write month and year, for example May 2024 or 5/2567.")
                if refused.reason == Reason.UNREADABLE else explanation(refused)
            ) from refused
        today = timezone.localdate()
        if (day.year, day.month) > (today.year, today.month):
            raise ValidationError(_("This lies in the future."))
        return min(day, today) if self.last else day


def _required(message):
    return {"required": message}


class ReplicationForm(forms.Form):
    """Questions of a report about ``model``, with two for each of its building blocks.

    Cleaned values fit the fields of ``ReplicationPage``; ``blocks`` is a list of (block, outcome,
    why). ``website`` is a honeypot.
    """

    who = TextField(
        max_length=255, error_messages=_required(gettext_lazy("Say which community or group."))
    )
    area_typed = TextField(max_length=200, required=False)
    area_chosen = TextField(max_length=6, required=False)
    place = forms.ChoiceField(
        choices=[("", gettext_lazy("Not said")), *ReplicationPage.Place.choices], required=False
    )
    started = DayField(error_messages=_required(gettext_lazy("Say when it began.")))
    ended = DayField(last=True, required=False)
    households = AmountField(required=False)
    outcome = forms.ChoiceField(
        choices=ReplicationPage.Outcome.choices,
        error_messages=_required(gettext_lazy("Choose one of the three; each helps others.")),
    )
    result = LongTextField(
        max_length=MAX_LENGTH, error_messages=_required(gettext_lazy("Tell what came of it."))
    )
    evidence = LongTextField(
        max_length=MAX_LENGTH, error_messages=_required(gettext_lazy("Say how you know."))
    )
    cost_baht = AmountField(required=False)
    advice = LongTextField(max_length=MAX_LENGTH, required=False)
    contact_name = TextField(max_length=200, required=False)
    contact_phone = TextField(max_length=60, required=False)
    contact_email = forms.EmailField(
        required=False,
        error_messages={"invalid": gettext_lazy("This does not look like an e-mail address.")},
    )
    consent = forms.BooleanField(required=False)
    website = TextField(required=False)

    def __init__(self, *args, model, photos=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.model, self.photos = model, photos
        self.areas = selectable_areas()
        self.building_blocks = list(model.building_blocks.all())
        for block in self.building_blocks:
            self.fields[f"block-{block.pk}"] = forms.ChoiceField(
                choices=[*BlockOutcome.Outcome.choices, ("", gettext_lazy("Not said"))],
                required=False,
            )
            self.fields[f"why-{block.pk}"] = LongTextField(max_length=MAX_LENGTH, required=False)
        for photo in photos:
            self.fields[f"alt-{photo.pk}"] = TextField(
                max_length=255,
                error_messages=_required(
                    gettext_lazy("Say what the picture shows, for those who cannot see it.")
                ),
            )

    @property
    def blocks(self):
        """(block, bound field of the outcome, bound field of the reason) for the template."""
        return [
            (block, self[f"block-{block.pk}"], self[f"why-{block.pk}"])
            for block in self.building_blocks
        ]

    @property
    def photo_fields(self):
        """(photo, bound field of its alternative text) for the template."""
        return [(photo, self[f"alt-{photo.pk}"]) for photo in self.photos]

    @property
    def area_labels(self):
        return [area_label(area) for area in self.areas]

    @property
    def area_choices(self):
        return area_choices(self.areas)

    def answers(self) -> dict[str, str]:
        """Posted values, valid or not, without those about contact."""
        return {
            name: typed(self.data.get(name, ""))[:MAX_CHARACTERS]
            for name in self.fields
            if name not in (*CONTACT_FIELDS, "website") and not name.startswith("alt-")
        }

    def contact(self) -> dict[str, str]:
        """Posted values about contact, cut to the lengths of the model's fields."""
        return {
            name: typed(self.data.get(f"contact_{name}", ""))[
                : ReplicationContact._meta.get_field(name).max_length
            ]
            for name in ("name", "phone", "email")
        }

    def clean(self):
        cleaned = super().clean()
        self._clean_area(cleaned)
        self._clean_blocks(cleaned)
        started, ended = cleaned.get("started"), cleaned.get("ended")
        if started and ended and ended < started:
            self.add_error("ended", _("The end lies before the start."))
        if self.photos and not cleaned.get("consent"):
            self.add_error(
                "consent", _("Tick this when everybody in the pictures has agreed, or take the "
                             "pictures out.")
            )
        return cleaned

    def _clean_area(self, cleaned):
        typed, code = cleaned.get("area_typed", ""), cleaned.get("area_chosen", "")
        chosen = next((area for area in self.areas if area.geocode == code), None)
        found = find_areas(typed, self.areas) if typed else []
        if typed and chosen:
            found = [area for area in found if area == chosen]
        if found and len(found) > 1:
            self.add_error("area_typed", _("Several places are called so: %(places)s. Write one of "
                                           "them whole.") % {
                "places": " / ".join(area_label(area) for area in found),
            })
        elif typed and not found:
            self.add_error("area_typed", _("What is typed and what is chosen are different places.")
                           if chosen else
                           _("We know no subdistrict of this name. Choose it from the list."))
        elif not typed and not chosen:
            self.add_error("area_typed", _("Say in which subdistrict."))
        cleaned["area"] = found[0] if len(found) == 1 else chosen

    def _clean_blocks(self, cleaned):
        cleaned["blocks"] = []
        for block in self.building_blocks:
            outcome = cleaned.get(f"block-{block.pk}", "")
            why = cleaned.get(f"why-{block.pk}", "")
            if outcome:
                cleaned["blocks"].append((block, outcome, why))
            elif why and f"block-{block.pk}" not in self.errors:
                self.add_error(
                    f"block-{block.pk}", _("Choose what became of it: you say why below.")
                )
