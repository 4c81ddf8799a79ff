"""Fields for text that people type, cleaned by ``hub.thai.text`` before anything looks at it."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import ngettext

from hub.thai.text import composed, letters_of, typed, without_unseen

CHARACTERS_PER_LETTER = 4  # a Thai letter with its marks has three; marks without end are no text


class TextField(forms.CharField):
    """Text without what nobody sees, in one spelling; what is empty then is refused as empty.

    ``max_length`` counts letters as people do: น้ำ is one. ``max_characters`` is what the database
    column takes, by default as many. It makes what people count the narrower limit only where
    columns are wide enough; else the message says how many letters are too many.
    """

    def __init__(self, *, max_length=None, max_characters=None, **options):
        self.max_characters = max_characters or max_length
        super().__init__(max_length=max_length, **options)
        if max_length is not None:
            self.validators = [v for v in self.validators if not isinstance(v, MaxLengthValidator)]
            self.validators.append(LetterLimit(int(max_length), int(self.max_characters)))

    def to_python(self, value):
        value = super().to_python(value)
        if value in self.empty_values:
            return value
        cleaned = typed(value)
        if cleaned and not self.strip:
            cleaned = composed(without_unseen(value))
        return cleaned or self.empty_value

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        if "maxlength" in attrs:  # browsers count UTF-16 units
            attrs["maxlength"] = str(self.max_characters)
        return attrs


class LongTextField(TextField):
    """Text in a column without a limit of its own, so that ``max_length`` can count letters."""

    widget = forms.Textarea

    def __init__(self, *, max_length=None, **options):
        super().__init__(
            max_length=max_length,
            max_characters=max_length and max_length * CHARACTERS_PER_LETTER, **options,
        )


class LetterLimit:
    """Refuses text of more than ``letters`` letters or ``characters`` characters."""

    def __init__(self, letters: int, characters: int):
        self.letters, self.characters = letters, characters

    def __call__(self, value):
        if len(value) <= min(self.letters, self.characters):
            return
        found = letters_of(value)
        if len(found) > self.letters:
            raise ValidationError(
                ngettext(
                    "There is room for %(limit)s letter; these are %(count)s.",
                    "There is room for %(limit)s letters; these are %(count)s.", self.letters,
                ), "max_length", {"limit": self.letters, "count": len(found)},
            )
        over = _letters_over(found, self.characters)
        if over:
            raise ValidationError(
                ngettext(
                    "This is too long by %(over)s letter.", "This is too long by %(over)s letters.",
                    over,
                ), "max_length", {"over": over},
            )


def _letters_over(found, characters) -> int:
    """How many letters at the end do not fit into ``characters``."""
    room = characters
    for number, letter in enumerate(found):
        room -= len(letter)
        if room < 0:
            return len(found) - number
    return 0
