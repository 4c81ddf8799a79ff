"""Dates, amounts and durations as the reader of the active language reads them.

For code as well as for templates: ``hub_tags`` has these as filters. How a date is written stands
in ``hub.thai.dates``.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hub.thai import dates

LANGUAGE_NAMES = {"th": "ภาษาไทย", "en": "English"}  # each in itself


def language() -> str:
    """The active language, Thai when none is."""
    return get_language() or "th"


def thai_date(value: date | datetime | None) -> str:
    """A date in the reader's calendar: 7 ตุลาคม 2552 in Thai, 7 October 2009 in English.

    Of a moment, the day it falls on in the hub's time zone.
    """
    return dates.format_date(_local(value), language()) if value else ""


def weekday_date(value: date | datetime | None) -> str:
    """A date with its weekday: เสาร์ 7 มีนาคม 2569 in Thai, Saturday 7 March 2026 in English."""
    return dates.format_weekday_date(_local(value), language()) if value else ""


def thai_year(value: int | None) -> str:
    """A year of the common era in the reader's calendar: Buddhist in Thai."""
    return dates.format_year(value, language()) if value else ""


def date_range(start: date | None, end: date | None) -> str:
    """From ``start`` to ``end`` in words; one date where there is only one, years where whole."""
    if not start or not end or start == end:
        return thai_date(start or end)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        first, last = thai_year(start.year), thai_year(end.year)
        return first if first == last else _("%(start)s to %(end)s") % {"start": first, "end": last}
    return _("%(start)s to %(end)s") % {"start": thai_date(start), "end": thai_date(end)}


def number(value) -> str:
    """A whole number with thousands marked: 12,500; "" of none."""
    return "" if value is None or value == "" else f"{int(value):,}"


def baht(value) -> str:
    """An amount with thousands marked: 12,500 บาท; "" of none."""
    return _("%(amount)s baht") % {"amount": number(value)} if number(value) else ""


def minutes(value: int | None) -> str:
    """Minutes as hours and minutes: 2 ชม. 30 นาที."""
    hours, rest = divmod(int(value or 0), 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s hr") % {"hours": hours}
    return _("%(hours)s hr %(minutes)s min") % {"hours": hours, "minutes": rest}


def _local(value):
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def moment(value: datetime | None) -> str:
    """A date with its time in the hub's time zone, in the reader's calendar."""
    return dates.format_datetime(_local(value), language()) if value else ""
