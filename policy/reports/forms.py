"""Forms of follow-up: reports, verifications and withdrawals."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.forms.date_fields import PastDateField
from hub.forms.model_fields import ModelForm
from hub.forms.number_fields import FigureField
from hub.forms.text_fields import LongTextField, TextField
from policy.ledger.rules import Extent
from policy.models import ClauseReport, Verification
from policy.models.report import amount


class ReportedDateField(PastDateField):
    """A day up to today, with the date picker of a phone."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class EvidenceForm(ModelForm):
    """The fields that reports and verifications share. ``website`` is a honeypot for spam bots."""

    evidence_url = forms.URLField(
        label=_("Address of a page that shows it"), required=False, assume_scheme="https",
        max_length=500,
    )
    file = forms.FileField(
        label=_("Photo or file that shows it"), required=False, max_length=200,
        help_text=_("A photo, PDF, Word, Excel or other file of up to 20 MB. A photo is made "
                    "smaller, and the place that the phone wrote into it is taken out."),
    )
    website = TextField(label=_("Leave this empty"), required=False)
    extent = forms.ChoiceField(
        label=_("How far is it?"), widget=forms.RadioSelect, choices=Extent.choices)
    figure = FigureField(
        label=_("A figure"), required=False, max_digits=15, decimal_places=2, localize=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4
        target, unit = self.instance.target_and_unit
        if target is not None:
            self.fields["figure"].help_text = _("The target of the clause is %(target)s.") % {
                "target": amount(target, unit)}

    @property
    def is_duplicate(self) -> bool:
        """Whether the same record exists already: people press the button twice on slow lines."""
        values = {name: getattr(self.instance, name) for name in self.identifying_fields}
        return type(self.instance).objects.filter(withdrawal=None, **values).exists()


class ReportForm(EvidenceForm):
    """A report of a party on a clause."""

    identifying_fields = ["clause_key", "party", "adds_to", "claim", "extent", "evidence", "figure",
                          "reported_on", "reporter"]

    done_on = ReportedDateField(
        label=_("When was it done?"), required=False,
        help_text=_("Only if it is done. E.g. 9/9/2023 or 9 September 2023."))
    reporter_name = TextField(
        label=_("Your name"), max_length=120,
        help_text=_("It is shown beside the report."),
    )

    class Meta(ModelForm.Meta):
        model = ClauseReport
        fields = ["claim", "extent", "done_on", "evidence", "file", "file_is_private",
                  "evidence_url", "figure", "figure_unit", "figure_method", "reporter_name"]
        labels = {
            "claim": _("What did you do?"),
            "evidence": _("What shows it?"),
            "file_is_private": _("Do not show the file to the public"),
            "figure_unit": _("Unit"),
            "figure_method": _("How was it measured?"),
        }
        help_texts = {
            "evidence": _("E.g. the number of a document, a page of the plan, who was there."),
            "figure_unit": _("E.g. households, baht, kilometres."),
        }


    def clean(self):
        values = super().clean()
        if values.get("extent") == Extent.DONE and not values.get("done_on") and (
            "done_on" not in self.errors
        ):
            self.add_error("done_on", self.fields["done_on"].error_messages["required"])
        return values


class VerificationForm(EvidenceForm):
    """A verification."""

    identifying_fields = ["clause_key", "party", "report", "finding", "extent", "observation",
                          "observed_on", "verifier"]

    observed_on = ReportedDateField(label=_("When did you see it?"))
    finding = forms.ChoiceField(
        label=_("Is it so?"), widget=forms.RadioSelect,
        choices=[
            (Verification.Finding.CONFIRMED, _("Yes, I saw that it is so")),
            (Verification.Finding.CONTRADICTED, _("No, I saw that it is not so")),
        ],
    )
    verifier_name = TextField(
        label=_("Your name or that of your group"), max_length=120,
        help_text=_("It is shown beside what you saw."),
    )

    class Meta(ModelForm.Meta):
        model = Verification
        fields = ["finding", "extent", "figure", "observation", "observed_on", "file",
                  "file_is_private", "evidence_url", "verifier_name"]
        labels = {
            "figure": _("How many did you see?"),
            "observation": _("What did you see, and where?"),
            "file_is_private": _("Do not show the file to the public"),
        }


class WithdrawalForm(forms.Form):
    """The reason of a withdrawal."""

    reason = LongTextField(
        label=_("Why is it taken back?"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is shown. What was written stays readable, marked as withdrawn."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
