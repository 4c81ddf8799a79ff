"""The forms that people fill in on public pages."""

import re

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.forms.date_fields import DateField
from hub.forms.text_fields import LongTextField, TextField
from policy.models import Contribution, Decision
from policy.models.draft import normal

LONGEST = 4000  # characters of one contribution


class PublicForm(forms.Form):
    """``website`` is for robots: people do not see it. Text areas are as tall as a phone bears."""

    required_css_class = "required"
    website = TextField(required=False)

    @property
    def shown_fields(self):
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def is_by_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


def long_text(label, rows=4, **options):
    """A text area with a limit that keeps a page readable."""
    return LongTextField(
        label=label, max_length=LONGEST, widget=forms.Textarea({"rows": rows}), **options
    )


class AgendaProposalForm(PublicForm):
    title = TextField(label=_("What should be on the agenda?"), max_length=200)
    why = long_text(
        _("Why? What happens, where, and to whom?"),
        help_text=_("Tell what you saw. Leave out the names of private persons."),
    )
    wanted = long_text(_("What could the assembly decide?"), required=False)


class AnswerForm(PublicForm):
    """The secretariat's answer to a proposal for the agenda."""

    answer = long_text(_("Reason, for everybody to read"), rows=3)


class CommentForm(PublicForm):
    text = long_text(_("Your comment"), rows=3)


class AmendmentForm(PublicForm):
    """``base`` is the wording that the proposal is made for."""

    change = forms.ChoiceField(
        label=_("What do you propose?"), choices=Contribution.Change.choices,
        widget=forms.RadioSelect, initial=Contribution.Change.REWORD,
    )
    text = long_text(
        _("The wording you propose"), rows=5, required=False,
        help_text=_("Change the words below as you would like to read them."),
    )
    reason = long_text(_("Why?"), rows=3)

    def __init__(self, *args, base="", **options):
        super().__init__(*args, **options)
        self.base = base
        self.fields["text"].initial = base

    def clean(self):
        said = super().clean()
        change, text = said.get("change"), normal(said.get("text", ""))
        if change == Contribution.Change.STRIKE:
            text = ""
        elif change and not text and "text" not in self.errors:
            self.add_error("text", _("Write the words you propose."))
        elif change and text == normal(self.base):
            self.add_error("text", _("These are the words that stand already."))
        said["text"] = text
        return said


class StanceForm(PublicForm):
    stance = forms.ChoiceField(
        label=_("Do you support it?"), choices=Contribution.Stance.choices,
        widget=forms.RadioSelect,
    )
    text = long_text(_("Why?"), rows=2)


class ComplaintForm(PublicForm):
    reason = TextField(
        label=_("What is wrong with it?"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


class ReasonForm(PublicForm):
    """A reason of the secretariat that everybody reads, as long as a sentence or two."""

    reason = TextField(
        label=_("Reason, for everybody to read"), max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )


class DecisionForm(PublicForm):
    """A decision with its published reason, and where and when it was taken."""

    reason = long_text(_("Reason, for everybody to read"), rows=3)
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
    """What becomes of the chosen amendments; ``text`` is the wording when they are merged."""

    kind = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    text = long_text(
        _("The wording that comes of it"), rows=5, required=False,
        help_text=_("Only when proposals are merged: what the paragraph says from now on."),
    )
    field_order = ["kind", "text", "reason", "meeting", "decided_on"]

    def __init__(self, *args, kinds=(), **options):
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind, _DECIDE[kind]) for kind in kinds]

    def clean(self):
        said = super().clean()
        if said.get("kind") == Decision.Kind.MERGE and not normal(said.get("text", "")):
            self.add_error("text", _("Write the wording that comes of the proposals."))
        return said


_DECIDE = {
    Decision.Kind.ACCEPT: _("Accept: the proposal becomes the text"),
    Decision.Kind.MERGE: _("Merge: one wording takes up what was proposed"),
    Decision.Kind.REJECT: _("Do not accept: the text stays as it is"),
}


class SplitForm(DecisionForm):
    text = long_text(
        _("The parts"), rows=8,
        help_text=_("Put an empty line where one part ends and the next begins."),
    )
    field_order = ["text", "reason", "meeting", "decided_on"]

    def clean_text(self):
        parts = [part.strip() for part in re.split(r"\n\s*\n", normal(self.cleaned_data["text"]))]
        if len(parts) < 2:
            raise forms.ValidationError(_("There is no empty line, so this is one part."))
        return parts


class JoinForm(DecisionForm):
    text = long_text(_("The joined wording"), rows=8)
    field_order = ["text", "reason", "meeting", "decided_on"]
