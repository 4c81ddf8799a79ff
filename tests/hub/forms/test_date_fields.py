"""Date fields take what people write, show it as they read it, and say why they refuse."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput

from hub.forms.date_fields import DateField, DateTimeField, TimeField

REFUSED = {
    "31/02/2567": ("There is no day 31: February 2024 has 29 days.",
                   "ไม่มีวันที่ 31: กุมภาพันธ์ 2567 มี 29 วัน"),
    "วันอังคารที่ 15 มกราคม 2567": ("15 January 2024 is a Monday, not a Tuesday.",
                                 "15 มกราคม 2567 เป็นวันจันทร์ ไม่ใช่วันอังคาร"),
    "1/1/3112": (
        "There is no year 3112: years go from 1857 to 2157, those of the Buddhist era from 2400 to "
        "2700.",
        "ไม่มีปี 3112: ปี พ.ศ. ใช้ได้ตั้งแต่ 2400 ถึง 2700 ปี ค.ศ. ตั้งแต่ 1857 ถึง 2157",
    ),
    "9 ก.ย. ค.ศ. 2566": ("2566 is not a year of the era ค.ศ.",
                       "2566 ไม่ใช่ปี ค.ศ."),
    "9 Sep 66": ("Write the year with four digits: 66 may be of either era.",
                 "เขียนปีให้ครบสี่หลัก: 66 อาจเป็น พ.ศ. หรือ ค.ศ. ก็ได้"),
    "12/31/2023": ("“31” is no month. The day stands first, then the month, then the year.",
                   "“31” ไม่ใช่เดือน ให้เขียนวัน เดือน แล้วจึงปี"),
    "พรุ่งนี้": ("“พรุ่งนี้” cannot be read as a date. Write it like 9/9/2023 or 9 September 2023.",
             "“พรุ่งนี้” อ่านเป็นวันที่ไม่ได้ เขียนเช่น 9/9/2566 หรือ 9 ก.ย. 2566"),
    "9/9/2566 25:00": ("There is no time 25:00.", "ไม่มีเวลา 25:00"),
}


@pytest.mark.parametrize("field", [DateField(), DateTimeField()])
@pytest.mark.parametrize(("typed", "sentences"), REFUSED.items())
def test_errors_give_the_reason_in_both_languages(field, typed, sentences):
    for language, sentence in zip(("en", "th"), sentences, strict=True):
        with override(language), pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert refused.value.messages == [sentence]


def test_an_unreadable_time_is_an_error():
    for language, sentences in (
        ("en", ["“เช้า” cannot be read as a time. Write it like 13:30.", "There is no time 25:00."]),
        ("th", ["“เช้า” อ่านเป็นเวลาไม่ได้ เขียนเช่น 13.30 น.", "ไม่มีเวลา 25:00"]),
    ):
        found = []
        for typed in ("เช้า", "25:00"):
            with override(language), pytest.raises(ValidationError) as refused:
                TimeField().clean(typed)
            found += refused.value.messages
        assert found == sentences


@pytest.mark.parametrize("field_class", [DateField, DateTimeField, TimeField])
def test_empty_input_is_none(field_class):
    for nothing in (None, "", "  ", "\u200b"):
        assert field_class(required=False).clean(nothing) is None
        with pytest.raises(ValidationError) as refused:
            field_class().clean(nothing)
        assert refused.value.error_list[0].code == "required"


def test_datetimes_are_in_the_hubs_time_zone_unless_they_name_another():
    with timezone.override("Asia/Bangkok"):
        read = DateTimeField().clean("15 พ.ย. 2567 เวลา 09.00 น.")
        assert read == datetime(2024, 11, 15, 2, tzinfo=UTC)
        assert DateTimeField().clean("2567-11-15T09:00Z") == datetime(2024, 11, 15, 9, tzinfo=UTC)


class Meeting(forms.Form):
    day = DateField(widget=AdminDateInput(attrs={"data-x": "1"}))
    moment = DateTimeField(widget=AdminDateTimeInput)
    begins = TimeField(widget=AdminTimeInput())
    picked = DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


@pytest.mark.parametrize(("language", "day", "moment"), [
    ("th", "9 กันยายน 2566", "9 กันยายน 2566 13:30"),
    ("en", "9 September 2023", "9 September 2023 13:30"),
])
def test_displayed_values_read_back_unchanged(language, day, moment):
    initial = {
        "day": date(2023, 9, 9), "begins": time(9, 30), "picked": date(2023, 9, 9),
        "moment": timezone.make_aware(datetime(2023, 9, 9, 13, 30)),
    }
    with override(language):
        form = Meeting(initial=initial)
        html = form.as_p()
        for value in (day, moment, "09:30", "2023-09-09"):
            assert f'value="{value}"' in html
        sent = {name: form[name].field.widget.format_value(form[name].value()) for name in initial}
        again = Meeting(sent, initial=initial)
        assert again.is_valid() and again.cleaned_data == initial and not again.has_changed()


def test_no_picker_rewrites_what_was_typed():
    form = Meeting({"day": "31/2/2567", "moment": "x", "begins": "y", "picked": ""})
    html = form.as_p()
    assert "initDate" not in html and "initTime" not in html and not form.media._js
    assert 'data-x="1"' in html
    for typed in ("31/2/2567", "x", "y"):
        assert f'value="{typed}"' in html
    assert form.fields["day"].help_text and not form.fields["picked"].help_text
