"""Fields for numbers as people write them."""

from django import forms

from hub.thai.digits import to_arabic


class FigureField(forms.DecimalField):
    """A number, also with thousands marked or in Thai digits."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value):
        if isinstance(value, str):
            value = to_arabic(value).replace(",", "")
        return super().to_python(value)
