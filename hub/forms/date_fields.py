"""Fields for dates and times, all read by ``hub.thai.dates``; what is refused is told why."""

from datetime import date, datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import DateRangeField as FilterDateRangeField
from wagtail.admin import widgets as wagtail_widgets
from wagtail.admin.filters import DateRangePickerWidget

from hub.formatting import language
from hub.thai.dates import (
    BUDDHIST_YEARS,
    COMMON_YEARS,
    NotADate,
    Reason,
    format_date,
    format_datetime,
    format_month,
    read_date,
    read_datetime,
    read_time,
)
from hub.thai.months import WEEKDAYS
from hub.thai.text import typed

# Wagtail's, which send the common era only and rewrite what is typed before it is sent: the
# editor's 12/06/2566 became today.
PICKERS = (
    wagtail_widgets.AdminDateInput, wagtail_widgets.AdminDateTimeInput,
    wagtail_widgets.AdminTimeInput,
)


def explanation(refused: NotADate) -> str:
    """A sentence in the reader's language that says why a date was refused."""
    said = refused.values
    match refused.reason:
        case Reason.NO_SUCH_YEAR:
            return _("There is no year %(year)s: years go from %(first)s to %(last)s, those of the "
                     "Buddhist era from %(first_buddhist)s to %(last_buddhist)s.") % {
                "year": said["year"], "first": COMMON_YEARS[0], "last": COMMON_YEARS[-1],
                "first_buddhist": BUDDHIST_YEARS[0], "last_buddhist": BUDDHIST_YEARS[-1],
            }
        case Reason.WRONG_ERA:
            return _("%(year)s is not a year of the era %(era)s") % said
        case Reason.SHORT_YEAR:
            return _("Write the year with four digits: %(year)s may be of either era.") % said
        case Reason.NO_SUCH_MONTH:
            return _("“%(month)s” is no month. The day stands first, then the month, then the "
                     "year.") % said
        case Reason.NO_SUCH_DAY:
            return _("There is no day %(day)s: %(month)s has %(days)s days.") % {
                "day": said["day"], "days": said["days"],
                "month": format_month(said["first"], language()),
            }
        case Reason.WRONG_WEEKDAY:
            weekdays = WEEKDAYS["th" if language().startswith("th") else "en"]
            return _("%(date)s is a %(weekday)s, not a %(said)s.") % {
                "date": format_date(said["date"], language()),
                "weekday": weekdays[said["date"].weekday()], "said": weekdays[said["weekday"]],
            }
        case Reason.NO_SUCH_TIME:
            return _("There is no time %(time)s.") % said
    return _("“%(text)s” cannot be read as a date. Write it like 9/9/2023 or 9 September 2023.") % {
        "text": said["text"][:40],
    }


class DateInput(forms.DateInput):
    """A line of text that shows a date as the reader would write it."""

    def __init__(self, attrs=None, **options):
        super().__init__({"autocomplete": "off"} | (attrs or {}), **options)

    def format_value(self, value):
        if isinstance(value, date):
            return format_date(value, language())
        return value or None


class DateTimeInput(forms.DateTimeInput):
    """As ``DateInput``, with the time."""

    def __init__(self, attrs=None, **options):
        super().__init__({"autocomplete": "off"} | (attrs or {}), **options)

    def format_value(self, value):
        if isinstance(value, datetime):
            return format_datetime(value, language())
        return value or None


class TimeInput(forms.TimeInput):
    """A line of text that shows a time as 13:30."""

    def __init__(self, attrs=None, **options):
        super().__init__({"autocomplete": "off"} | (attrs or {}), **options)

    def format_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, time) else value or None


class _TypedField:
    """What the three fields share: a line of text instead of a picker, with an example below it."""

    line: type[forms.Widget]
    example: str

    def __init__(self, *, widget=None, help_text="", **options):
        widget = widget or self.widget
        kind = widget if isinstance(widget, type) else type(widget)
        if issubclass(kind, PICKERS):  # named by a panel: only its attributes are kept
            widget = self.line(attrs=getattr(widget, "attrs", None))
        if issubclass(kind, (self.line, *PICKERS)):
            help_text = help_text or self.example
        super().__init__(widget=widget, help_text=help_text, **options)


class DateField(_TypedField, forms.DateField):
    """A date in every writing that ``read_date`` takes."""

    widget = line = DateInput
    example = gettext_lazy("E.g. 9/9/2023 or 9 September 2023.")

    def to_python(self, value):
        return _read(read_date, value)


class PastDateField(DateField):
    """A day up to today."""

    def to_python(self, value):
        value = super().to_python(value)
        if value and value > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return value


class DateTimeField(_TypedField, forms.DateTimeField):
    """A moment in every writing that ``read_datetime`` takes, in the hub's time zone."""

    widget = line = DateTimeInput
    example = gettext_lazy("E.g. 9/9/2023 13:30.")

    def to_python(self, value):
        found = _read(read_datetime, value)
        return from_current_timezone(found) if found else None


class DateRangeInput(DateRangePickerWidget):
    """Two lines of text, from and to, instead of pickers."""

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets = [DateInput(attrs=picker.attrs) for picker in self.widgets]


class DateRangeField(FilterDateRangeField):
    """From a day to another, in a filter: each end in every writing that ``read_date`` takes."""

    widget = DateRangeInput

    def __init__(self, *args, widget=None, **options):
        kind = widget if isinstance(widget, type) else type(widget)
        if widget is None or issubclass(kind, DateRangePickerWidget):
            widget = DateRangeInput
        super().__init__(*args, widget=widget, **options)
        self.fields = (DateField(required=False), DateField(required=False))


class TimeField(_TypedField, forms.TimeField):
    """A time of day in every writing that ``read_time`` takes."""

    widget = line = TimeInput
    example = gettext_lazy("E.g. 13:30.")

    def to_python(self, value):
        try:
            return _read(read_time, value)
        except ValidationError as error:
            if error.code != Reason.UNREADABLE:
                raise
            raise ValidationError(
                _("“%(text)s” cannot be read as a time. Write it like 13:30."), error.code,
                {"text": str(value)[:40]},
            ) from error


def _read(reader, value):
    """What ``reader`` makes of ``value``, None of nothing; ValidationError of what it refuses."""
    if value is None or (isinstance(value, str) and not typed(value)):
        return None
    try:
        return reader(value)
    except NotADate as refused:
        raise ValidationError(explanation(refused), refused.reason) from refused
