"""Forms of peer reviews: the review itself, and invitations."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hub.forms.model_fields import ModelForm
from hub.forms.text_fields import LongTextField, TextField
from models_lib.models import Review
from models_lib.peer_review.invitations import read_addresses

MAX_TEXT_LENGTH = 4000
CHOICE_ERRORS = {"required": _("Choose an answer.")}


class ReviewForm(ModelForm):
    """The review of one reviewer."""

    recommendation = forms.ChoiceField(
        label=_("All in all, the Model is"), choices=Review.Recommendation.choices,
        widget=forms.RadioSelect, error_messages=CHOICE_ERRORS,
    )
    text = LongTextField(
        label=_("What should change, what is good?"), required=False, max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    has_interest = forms.TypedChoiceField(
        label=_("Do you have an interest of your own in this Model?"),
        choices=[("no", _("No")), ("yes", _("Yes, e.g. I took part or was paid"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        error_messages=CHOICE_ERRORS,
    )
    interest = LongTextField(
        label=_("Which one?"), required=False, max_length=1000,
        help_text=_("Only the moderators read this."), widget=forms.Textarea(attrs={"rows": 2}),
    )
    signing = forms.ChoiceField(
        label=_("May readers see who you are?"), widget=forms.RadioSelect,
        error_messages=CHOICE_ERRORS,
        choices=[
            ("signed", _("Yes, sign my review")),
            ("anonymous", _("No: neither readers nor authors learn who I am")),
        ],
    )
    signed_name = TextField(
        label=_("Name and organisation, as they shall stand there"), required=False,
        max_length=200,
    )
    texts_are_public = forms.BooleanField(
        label=_("My texts may be published with the Model"), required=False,
        help_text=_("If you stay without a name, write nothing that tells who you are."),
    )

    class Meta(ModelForm.Meta):
        model = Review
        fields = [
            *[name for c in Review.Criterion for name in (c.value, f"{c.value}_text")],
            "recommendation", "text", "has_interest", "interest", "signed_name",
            "texts_are_public",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        review = self.instance
        if review.pk:
            self.initial |= {
                "signing": "signed" if review.signed_name else "anonymous",
                "has_interest": "yes" if review.has_interest else "no",
            }
        for criterion in Review.Criterion:
            name = criterion.value
            self.fields[name] = forms.ChoiceField(
                label=criterion.label, choices=Review.Verdict.choices, widget=forms.RadioSelect,
                error_messages=CHOICE_ERRORS,
            )
            self.fields[f"{name}_text"] = LongTextField(
                label=_("Why?"), required=False, max_length=MAX_TEXT_LENGTH,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("has_interest") and not cleaned.get("interest"):
            self.add_error("interest", _("Say in a sentence which interest it is."))
        if cleaned.get("signing") == "signed" and not cleaned.get("signed_name"):
            self.add_error("signed_name", _("Write your name."))
        if cleaned.get("signing") == "anonymous":
            cleaned["signed_name"] = ""  # may have been typed before choosing to stay anonymous
        if not cleaned.get("has_interest"):
            cleaned["interest"] = ""
        return cleaned

    @property
    def questions(self):
        """(question, bound field of the verdict, bound field of the text) of each criterion."""
        texts = {
            Review.Criterion.EVIDENCE: _("Do the figures and sources bear out the results?"),
            Review.Criterion.CONDITIONS: _("Does it say plainly what must hold, and where it "
                                           "does not work?"),
            Review.Criterion.COSTS: _("Are money, time and people told of honestly?"),
            Review.Criterion.REPLICABILITY: _("Could another community begin with this text?"),
        }
        return [(texts[c], self[c.value], self[f"{c.value}_text"]) for c in Review.Criterion]


class InviteForm(forms.Form):
    """Addresses to invite, and the language of e-mails to people without an account."""

    addresses = LongTextField(
        label=_("E-mail addresses, one a line"), max_length=4000,
        help_text=_("With a name if you like: Somchai <somchai@example.org>"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)

    def clean_addresses(self):
        return read_addresses(self.cleaned_data["addresses"])
