"""Text fields keep what people meant: nothing unseen, one spelling, letters counted as seen."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from hub.forms.text_fields import LongTextField, TextField

TREE = "ต\u0e49\u0e19ไม\u0e49"  # six characters, four letters


@pytest.mark.parametrize("field_class", [TextField, LongTextField])
@pytest.mark.parametrize("nothing", [
    "\u200b", " \u200b\u00a0\u202e ", "\x00", "\u0e48", "\u3164", "\ufe0f",
])
def test_invisible_characters_alone_are_no_text(field_class, nothing):
    assert field_class(required=False).clean(nothing) == ""
    with pytest.raises(ValidationError) as refused:
        field_class().clean(nothing)
    assert refused.value.error_list[0].code == "required"


def test_saved_text_is_composed_and_clean():
    assert TextField().clean(" น\u0e4d\u0e49า\u200bตาล\x00\r\nเเม่ ") == "น\u0e49\u0e33ตาล\nแม่"
    assert TextField(strip=False).clean(" ก\u200b ") == " ก "
    assert TextField(required=False, empty_value=None).clean("\u200b") is None


def test_letters_are_counted_as_readers_see_them():
    field = LongTextField(max_length=4)
    assert field.clean(TREE) == TREE
    assert field.widget_attrs(field.widget)["maxlength"] == "16"
    for language, sentence in (
        ("en", "There is room for 4 letters; these are 5."),
        ("th", "เขียนได้ไม่เกิน 4 ตัวอักษร ที่เขียนมามี 5 ตัว"),
    ):
        with override(language), pytest.raises(ValidationError) as refused:
            field.clean(TREE + "ก")
        assert refused.value.messages == [sentence]


def test_a_narrow_column_never_overflows():
    field = TextField(max_length=5)
    assert field.clean("ต\u0e49น") == "ต\u0e49น"
    for language, sentence in (
        ("en", "This is too long by 1 letter."), ("th", "ยาวเกินไป 1 ตัวอักษร"),
    ):
        with override(language), pytest.raises(ValidationError) as refused:
            field.clean(TREE)
        assert refused.value.messages == [sentence]


def test_endless_marks_do_not_count_as_one_letter():
    with pytest.raises(ValidationError):
        LongTextField(max_length=10).clean("ก" + "\u0e48\u0e49" * 100)
