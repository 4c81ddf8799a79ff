"""Which form field a model field gets, in the hub's own model forms and in the editor's."""

from django import forms
from django.db import models
from django_filters import DateFilter, DateFromToRangeFilter, DateTimeFilter
from wagtail.admin.forms.choosers import URLOrAbsolutePathField
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminAutoHeightTextInput

from hub.forms.date_fields import DateField, DateRangeField, DateTimeField, TimeField
from hub.forms.text_fields import LongTextField, TextField

# By exact class: fields made from these, such as EmailField, know their own form fields.
FORM_CLASSES = {
    models.CharField: TextField,
    models.TextField: LongTextField,
    models.DateField: DateField,
    models.DateTimeField: DateTimeField,
    models.TimeField: TimeField,
}


def formfield(db_field, **options):
    """The form field of a model field, for ``formfield_callback``; None where it has none."""
    if form_class := FORM_CLASSES.get(type(db_field)):
        options.setdefault("form_class", form_class)
    return db_field.formfield(**options)


class ModelForm(forms.ModelForm):
    """Django's, with the fields of the hub; a form's own Meta inherits from this one's."""

    class Meta:
        formfield_callback = formfield


def use_in_the_editor() -> None:
    """Have the forms of pages, snippets, settings and files use the fields of the hub, and the
    filters of listings and reports.

    Called when the apps are ready, before the editor builds its forms.
    """
    for db_field, form_class in FORM_CLASSES.items():
        options = {"form_class": form_class}
        if db_field is models.TextField:
            options["widget"] = AdminAutoHeightTextInput
        register_form_field_override(db_field, override=options, exact_class=True)
    DateFilter.field_class = DateField
    DateTimeFilter.field_class = DateTimeField
    DateFromToRangeFilter.field_class = DateRangeField
    URLOrAbsolutePathField.to_python = _to_address


_plain_to_address = URLOrAbsolutePathField.to_python


def _to_address(field, value):
    """Wagtail's field for an address fails where a form comes without it."""
    return _plain_to_address(field, value or "")
