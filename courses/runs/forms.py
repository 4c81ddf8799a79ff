"""Forms of runs: to enrol, to add a participant, to write to the group."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Enrolment
from hub.files.validation import MAX_DOCUMENT_BYTES, MEGABYTE, validate_document
from hub.forms.model_fields import ModelForm
from hub.forms.text_fields import LongTextField, TextField
from hub.models import Organisation

MAX_FILES = 10


class DetailsForm(ModelForm):
    """The details of a participant: as few as the meetings need."""

    class Meta(ModelForm.Meta):
        model = Enrolment
        fields = ["name", "phone", "organisation", "other_organisation", "needs"]
        labels = {
            "name": _("Your name, as it is to stand on the certificate"),
            "phone": _("Telephone"),
            "organisation": _("Organisation or group"),
            "other_organisation": _("Another organisation or group, if it is not in the list"),
            "needs": _("What should we know? Food, help with stairs, hearing, sight …"),
        }
        help_texts = {
            "phone": _("So that we reach you on the day. It may stay empty."),
            "organisation": _("It may stay empty."),
            "other_organisation": _("It may stay empty."),
            "needs": _("It may stay empty."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "other_organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "needs": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["name"].required = True
        self.fields["organisation"].empty_label = _("None, or not in the list")

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class EnrolForm(DetailsForm):
    """Enrolling. ``website`` is a honeypot for bots, hidden from people."""

    consent = forms.BooleanField(
        label=_("I agree that this is kept and used as it says here."),
        error_messages={"required": _("Without your consent we may not keep what you enter.")},
    )
    website = TextField(
        label=_("Leave this empty"), required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.name:
            # Never the username: it may be an e-mail address.
            self.initial["name"] = user.get_full_name()
            own = list(Organisation.objects.of(user).active()[:2])
            self.initial["organisation"] = own[0] if len(own) == 1 else None


class AddForm(DetailsForm):
    """Adding a participant as leader of the group."""

    account = TextField(
        label=_("E-mail address or sign-in name of the account"), required=False,
        max_length=254, help_text=_("Leave it empty for somebody who has no account."),
        widget=forms.TextInput(attrs={
            "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false",
        }),
    )
    agreed = forms.BooleanField(
        label=_("This person has agreed that we keep this for the course."), required=False,
    )
    field_order = ["account", *DetailsForm.Meta.fields, "agreed"]

    class Meta(DetailsForm.Meta):
        labels = DetailsForm.Meta.labels | {
            "name": _("Name, as it is to stand on the certificate"),
            "needs": _("Needs: food, access"),
        }
        help_texts = DetailsForm.Meta.help_texts | {
            "name": _("With an account it may stay empty: the name of the account is taken."),
            "phone": _("It may stay empty."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.user = None

    def clean_account(self):
        name = self.cleaned_data["account"].strip()
        if not name:
            return ""
        found = list(get_user_model().objects.filter(is_active=True).filter(
            Q(username=name) | Q(email__iexact=name)
        )[:2])
        if len(found) != 1:
            raise ValidationError(_("Nobody signs in as %(name)s.") % {"name": name})
        self.user = found[0]
        return name

    def clean(self):
        data = super().clean()
        if not data.get("name") and not self.errors:
            data["name"] = self.user.get_full_name() if self.user else ""
            if not data["name"]:
                self.add_error("name", _("Give a name or an account."))
        if self.user is None and not data.get("agreed"):
            self.add_error("agreed", _("Ask first: without consent we may not keep it."))
        return data


class _ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each validated by its content like all uploads; cleans to a list."""

    widget = _ManyFilesInput

    def clean(self, data, initial=None):
        files = [f for f in (data if isinstance(data, list | tuple) else [data]) if f]
        if len(files) > MAX_FILES:
            raise ValidationError(
                _("At most %(most)s files at a time.") % {"most": MAX_FILES}
            )
        for file in files:
            super().clean(file, initial)
            try:
                validate_document(file, file.name)
            except ValidationError as error:
                problem = " ".join(error.message_dict["file"])
                raise ValidationError(f"{file.name}: {problem}") from error
        return files


class PostForm(forms.Form):
    """A message to the group, files, or both."""

    text = LongTextField(
        label=_("Message"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    files = FilesField(label=_("Files"), required=False, max_length=150)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["files"].help_text = _(
            "Up to %(files)s files of %(size)s MB each. Only this group can open them."
        ) % {"files": MAX_FILES, "size": MAX_DOCUMENT_BYTES // MEGABYTE}

    def clean(self):
        data = super().clean()
        if not self.errors and not data["text"].strip() and not data["files"]:
            self.add_error("text", _("Write a message or choose a file."))
        return data
