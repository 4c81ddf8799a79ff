"""The form that amends a resolution: the reason, and what each clause asks from now on."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from hub.forms.date_fields import DateField, PastDateField
from hub.forms.number_fields import FigureField
from hub.forms.text_fields import LongTextField, TextField
from policy.models import Clause, Party
from policy.models.clause_terms import HELD_ONCE
from policy.models.milestones import read_milestones


class ClauseAmendmentForm(forms.Form):
    """One clause: what its terms say, to be changed."""

    number = TextField(label=_("number"), max_length=10)
    parties = forms.ModelMultipleChoiceField(
        Party.objects.all(), label=_("responsible parties"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    channel = forms.ChoiceField(
        label=_("channel"), required=False, choices=[("", "—"), *Clause.Channel.choices])
    due = DateField(label=_("due"), required=False)
    measure = LongTextField(
        label=_("what it is measured by"), required=False, max_length=500,
        widget=forms.Textarea({"rows": 2}))
    target = FigureField(
        label=_("target"), required=False, max_digits=15, decimal_places=2, localize=False)
    target_unit = TextField(label=_("unit of the target"), required=False, max_length=60)
    milestones = LongTextField(
        label=_("milestones"), required=False, max_length=2000, strip=True,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One on each line, the date first: 30/9/2027 committee appointed."))

    def __init__(self, *args, terms, **options):
        self.terms = terms
        initial = {name: getattr(terms, name) for name in HELD_ONCE}
        initial |= {"parties": list(terms.parties.all())}
        super().__init__(*args, initial=initial, prefix=f"clause-{terms.clause_key}", **options)
        names = {locale.language_code: str(locale) for locale in Locale.objects.all()}
        fields = {
            f"text_{language}": LongTextField(
                label=_("text (%(language)s)") % {"language": names.get(language, language)},
                initial=text, max_length=5000, widget=forms.Textarea({"rows": 3}))
            for language, text in sorted(terms.texts.items(), key=lambda item: item[0] != "th")
        }
        number = self.fields.pop("number")
        self.fields = {"number": number, **fields, **self.fields}

    def clean(self):
        values = super().clean()
        if values.get("target") is not None and not values.get("target_unit"):
            self.add_error("target_unit", _("A figure needs its unit."))
        due = values.get("due")
        if due and "due" in self.changed_data and due < self.terms.adopted_on:
            self.add_error("due", _("It is due before it was adopted."))
        return values

    def clean_milestones(self):
        read_milestones(self.cleaned_data["milestones"])
        return self.cleaned_data["milestones"]

    @property
    def values(self) -> dict:
        """What the clause asks from now on."""
        values = {name: self.cleaned_data[name] for name in HELD_ONCE}
        values["parties"] = list(self.cleaned_data["parties"])
        values["texts"] = {
            language: self.cleaned_data[f"text_{language}"] for language in self.terms.texts
        }
        if set(values["parties"]) == set(self.terms.parties.all()):
            values["parties"] = list(self.terms.parties.all())
        return values


class AmendmentForm(forms.Form):
    """Why and when the resolution was amended; ``clauses`` are the forms of its clauses."""

    decided_on = PastDateField(label=_("When was it decided?"))
    reason = LongTextField(
        label=_("Why is the resolution amended, and who decided it?"), max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Everybody can read it, in the resolution and in the history of the clause."),
    )

    def __init__(self, *args, terms, **options):
        super().__init__(*args, **options)
        self.terms = terms

    @cached_property
    def clauses(self) -> list[ClauseAmendmentForm]:
        data = self.data if self.is_bound else None
        return [ClauseAmendmentForm(data, terms=terms) for terms in self.terms.values()]

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day < min(terms.adopted_on for terms in self.terms.values()):
            raise ValidationError(_("This day lies before the adoption."))
        return day

    def is_valid(self):
        return all([super().is_valid(), *[form.is_valid() for form in self.clauses]])

    @property
    def changes(self) -> dict:
        """Clause key → what it asks from now on."""
        return {form.terms.clause_key: form.values for form in self.clauses}
