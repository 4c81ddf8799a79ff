"""The forms that people fill in on public pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 4000  # characters of one contribution


class PublicForm(forms.Form):
    """``website`` is for robots: people do not see it. Text areas are as tall as a phone bears."""

    required_css_class = "required"
    website = forms.CharField(required=False)

    @property
    def shown_fields(self):
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def is_by_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


def long_text(label, rows=4, **options):
    """A text area with a limit that keeps a page readable."""
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea({"rows": rows}), **options
    )


class AgendaProposalForm(PublicForm):
    title = forms.CharField(label=_("What should be on the agenda?"), max_length=200)
    why = long_text(
        _("Why? What happens, where, and to whom?"),
        help_text=_("Tell what you saw. Leave out the names of private persons."),
    )
    wanted = long_text(_("What could the assembly decide?"), required=False)


class AnswerForm(PublicForm):
    """The secretariat's answer to a proposal for the agenda."""

    answer = long_text(_("Reason, for everybody to read"), rows=3)
