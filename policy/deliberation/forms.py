"""Forms of deliberation on public pages."""

import re

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.forms.date_fields import DateField
from hub.forms.text_fields import LongTextField, TextField
from policy.models import Contribution, Decision
from policy.models.paragraph import normalise_wording

MAX_LENGTH = 4000  # characters of one contribution


class PublicForm(forms.Form):
    """A form with a honeypot: ``website`` is hidden from people, and only spam bots fill it in."""

    required_css_class = "required"
    website = TextField(required=False)

    @property
    def shown_fields(self):
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def is_spam(self) -> bool:
        return bool(self.cleaned_data.get("website"))

    @property
    def contents(self) -> dict:
        """The cleaned data without the honeypot."""
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


def text_area(label, rows=4, **options):
    """A text area of at most ``MAX_LENGTH`` characters."""
    return LongTextField(
        label=label, max_length=MAX_LENGTH, widget=forms.Textarea({"rows": rows}), **options
    )


class CommentForm(PublicForm):
    text = text_area(_("Your comment"), rows=3)


class AmendmentForm(PublicForm):
    """``base`` is the text of the wording that the amendment is made for."""

    change = forms.ChoiceField(
        label=_("What do you propose?"), choices=Contribution.Change.choices,
        widget=forms.RadioSelect, initial=Contribution.Change.REWORD,
    )
    text = text_area(
        _("The wording you propose"), rows=5, required=False,
        help_text=_("Change the words below as you would like to read them."),
    )
    reason = text_area(_("Why?"), rows=3)

    def __init__(self, *args, base="", **options):
        super().__init__(*args, **options)
        self.base = base
        self.fields["text"].initial = base

    def clean(self):
        values = super().clean()
        change, text = values.get("change"), normalise_wording(values.get("text", ""))
        if change == Contribution.Change.STRIKE:
            text = ""
        elif change and not text and "text" not in self.errors:
            self.add_error("text", _("Write the words you propose."))
        elif change and text == normalise_wording(self.base):
            self.add_error("text", _("These are the words that stand already."))
        values["text"] = text
        return values


class StanceForm(PublicForm):
    stance = forms.ChoiceField(
        label=_("Do you support it?"), choices=Contribution.Stance.choices,
        widget=forms.RadioSelect,
    )
    text = text_area(_("Why?"), rows=2)


class ComplaintForm(PublicForm):
    reason = TextField(
        label=_("What is wrong with it?"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


class ReasonForm(PublicForm):
    """A short public reason of the secretariat."""

    reason = TextField(
        label=_("Reason, for everybody to read"), max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )


class DecisionForm(PublicForm):
    """A decision with its public reason, place and date."""

    reason = text_area(_("Reason, for everybody to read"), rows=3)
    meeting = TextField(
        label=_("Where it was decided"), max_length=200, required=False,
        help_text=_("E.g. the meeting of the drafting committee."),
    )
    decided_on = DateField(
        label=_("Date of the decision"), initial=timezone.localdate,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_decided_on(self):
        if self.cleaned_data["decided_on"] > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return self.cleaned_data["decided_on"]


class AmendmentsForm(DecisionForm):
    """The decision on the selected amendments; ``text`` is the new wording when merging."""

    kind = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    text = text_area(
        _("The wording that comes of it"), rows=5, required=False,
        help_text=_("Only when proposals are merged: what the paragraph says from now on."),
    )
    field_order = ["kind", "text", "reason", "meeting", "decided_on"]

    def __init__(self, *args, kinds=(), **options):
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind, _KIND_LABELS[kind]) for kind in kinds]

    def clean(self):
        values = super().clean()
        if values.get("kind") == Decision.Kind.MERGE and not normalise_wording(
            values.get("text", "")
        ):
            self.add_error("text", _("Write the wording that comes of the proposals."))
        return values


_KIND_LABELS = {
    Decision.Kind.ACCEPT: _("Accept: the proposal becomes the text"),
    Decision.Kind.MERGE: _("Merge: one wording takes up what was proposed"),
    Decision.Kind.REJECT: _("Do not accept: the text stays as it is"),
}


class SplitForm(DecisionForm):
    text = text_area(
        _("The parts"), rows=8,
        help_text=_("Put an empty line where one part ends and the next begins."),
    )
    field_order = ["text", "reason", "meeting", "decided_on"]

    def clean_text(self):
        text = normalise_wording(self.cleaned_data["text"])
        parts = [part.strip() for part in re.split(r"\n\s*\n", text)]
        if len(parts) < 2:
            raise forms.ValidationError(_("There is no empty line, so this is one part."))
        return parts


class JoinForm(DecisionForm):
    text = text_area(_("The joined wording"), rows=8)
    field_order = ["text", "reason", "meeting", "decided_on"]
