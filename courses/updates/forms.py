"""The form that asks which copy of a course the reader has."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.updates.copies import MAX_MANIFEST_BYTES, identify


class CopyForm(forms.Form):
    """Which copy the reader has: the number of a version, or the manifest of the pack."""

    version = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    manifest = forms.FileField(required=False)

    def __init__(self, page, user_may_facilitate, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.page, self.user_may_facilitate = page, user_may_facilitate
        self.versions = list(page.published_versions.defer("digest"))
        self.fields["version"].choices = [(v.number, v.number) for v in self.versions]
        self.fields["version"].error_messages["invalid_choice"] = _(
            "Choose one of the versions in the list.")
        self.fields["manifest"].error_messages["empty"] = _("This file is empty.")

    def clean_manifest(self):
        file = self.cleaned_data["manifest"]
        if file is None:
            return None
        if file.size > MAX_MANIFEST_BYTES:
            raise ValidationError(_("This file is too large to be a manifest.json."))
        return identify(self.page, file.read(), self.user_may_facilitate)

    def clean(self):
        data = super().clean()
        if not self.errors and not (data.get("version") or data.get("manifest")):
            raise ValidationError(_("Choose a version or the file manifest.json."))
        return data

    def changes_path(self) -> str:
        """The address of the changes since the chosen copy, relative to the page."""
        data = self.cleaned_data
        if data["manifest"]:
            number, edition = data["manifest"]
            return f"since/{number}/" + (f"?copy={edition.code}" if edition else "")
        return f"since/{data['version']}/"
