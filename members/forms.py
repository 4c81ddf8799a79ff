"""Forms to sign up, edit the profile and delete the account."""

from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField
from allauth.account.forms import SignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.users.models import UserProfile

from hub.email.sending import language_of
from hub.formatting import LANGUAGE_NAMES
from hub.forms.organisation_fields import OrganisationChoiceField
from hub.forms.text_fields import TextField
from hub.models import Area, Organisation
from members.models import Member


def _name_field():
    return TextField(
        label=_("Your name"), max_length=150,
        help_text=_("Others see it beside what you write."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class MemberSignupForm(SignupForm):
    """Sign-up. ``website`` is a honeypot."""

    name = _name_field()
    consent = forms.BooleanField(
        label=_("I agree that what I enter is kept and used as the privacy notice says."),
        error_messages={"required": _("Without your consent we may not keep your account.")},
    )
    field_order = ["name", "email", "password1", "consent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["consent"].help_text = format_html(
            '<a href="{}">{}</a>', reverse("privacy_notice"), _("Read the privacy notice")
        )
        # allauth hides its honeypot by an inline style, which the content security policy forbids.
        honeypot = self.fields["website"]
        honeypot.label = _("Leave this empty")
        honeypot.widget = forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def custom_signup(self, request, user):
        user.first_name = self.cleaned_data["name"]
        user.save(update_fields=["first_name"])
        Member(user=user).save()
        user.member.give_consent()
        _set_language(user, get_language())


class ProfileForm(forms.Form):
    """Name, language, organisation and area of a member."""

    name = _name_field()
    language = forms.ChoiceField(
        label=_("Language of our letters to you"), choices=list(LANGUAGE_NAMES.items())
    )
    organisation = OrganisationChoiceField(
        label=_("Organisation or group"), required=False, queryset=Organisation.objects.all(),
        empty_label=_("None, or not in the list"),
    )
    other_organisation = TextField(
        label=_("Another organisation or group, if it is not in the list"), max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    area = forms.ModelChoiceField(
        label=_("Where you live or work"), required=False,
        queryset=Area.objects.select_related("parent"), empty_label=_("Not stated"),
    )

    clean_name = MemberSignupForm.clean_name

    def __init__(self, user, *args, **kwargs):
        self.user, self.member = user, Member.objects.of(user)
        super().__init__(*args, initial={
            "name": user.get_full_name(), "language": language_of(user),
            "organisation": self.member.organisation,
            "other_organisation": self.member.other_organisation, "area": self.member.area,
        }, **kwargs)

    def save(self):
        values = self.cleaned_data
        self.user.first_name, self.user.last_name = values["name"], ""
        self.user.save(update_fields=["first_name", "last_name"])
        for name in ("organisation", "other_organisation", "area"):
            setattr(self.member, name, values[name])
        self.member.save()
        _set_language(self.user, values["language"])


class DeleteAccountForm(forms.Form):
    """Asks for the password again, in case somebody else uses an unlocked device."""

    password = PasswordField(label=_("Your password"), autocomplete="current-password")

    def __init__(self, request, *args, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not get_adapter(self.request).reauthenticate(self.request.user, password):
            raise ValidationError(_("This is not your password."))
        return password


def _set_language(user, language) -> None:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
