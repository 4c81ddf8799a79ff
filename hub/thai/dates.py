"""Dates as people write them in Thailand: the one reader of what is typed, and how they are shown.

``read_date`` takes every writing that forms, spreadsheets and imports meet: 9/9/66, 9 ก.ย. 2566,
วันที่ ๙ กันยายน พ.ศ. ๒๕๖๖, 2566-09-09, 9 September 2023. What it cannot take it refuses with
``NotADate``, which says why. Nothing depends on today's date or on the reader's language.

Years 2400 to 2700 are Buddhist, 1857 to 2157 of the common era, and no others occur. Years of two
digits are Buddhist, 66 is 2566, in Thai words and in figures alone; beside an English month they
could be either, so they are refused. The day stands first unless a year of four digits does.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from hub.thai.digits import to_arabic
from hub.thai.months import MONTHS, WEEKDAY_WORDS, WEEKDAYS, month_of, weekday_of
from hub.thai.text import typed

BUDDHIST_ERA = 543  # years ahead of the common era
BUDDHIST_YEARS = range(2400, 2701)
COMMON_YEARS = range(BUDDHIST_YEARS[0] - BUDDHIST_ERA, BUDDHIST_YEARS[-1] - BUDDHIST_ERA + 1)
LONGEST = 100  # characters; no writing of a date is as long


class Reason(StrEnum):
    """Why a text is no date; in brackets the ``values`` that come with it."""

    UNREADABLE = "unreadable"  # (text) it is not written as a date or time is
    NO_SUCH_YEAR = "no_such_year"  # (year) as written
    WRONG_ERA = "wrong_era"  # (year, era) as written: ค.ศ. 2566, พ.ศ. 2023
    SHORT_YEAR = "short_year"  # (year) two digits beside an English month or ค.ศ.
    NO_SUCH_MONTH = "no_such_month"  # (month) as written
    NO_SUCH_DAY = "no_such_day"  # (day, first, days) the month's first day and its length
    WRONG_WEEKDAY = "wrong_weekday"  # (date, weekday) the day that was named, 0 for Monday
    NO_SUCH_TIME = "no_such_time"  # (time) as written


class NotADate(ValueError):
    """A text that is no date or time. ``reason`` tells why, ``values`` what to say of it."""

    def __init__(self, reason: Reason, **values: object):
        self.reason, self.values = reason, values
        super().__init__(f"{reason}: {values}")


# Reading

_SEPARATOR = r"(?:\s*[/.\-\u2010-\u2014]\s*|\s+)"
_NUMBER = r"(?<!\d)\d{1,2}(?!\d)"
_BUDDHIST = r"พ\s?\.?\s?ศ\s?\.?|พุทธศักราช|b\.?\s?e\b\.?"
_COMMON = r"ค\s?\.?\s?ศ\s?\.?|คริสต์?ศักราช|c\.?\s?e\b\.?|a\.?\s?d\b\.?"
_ERA = rf"(?:ปี\s*)?(?P<era>{_BUDDHIST}|{_COMMON})?"
_YEAR = rf"{_ERA}\s*(?P<year>\d{{1,8}})(?:\s*(?P<era_after>{_BUDDHIST}|{_COMMON}))?"
_MONTH = rf"(?P<month>{_NUMBER})"
_DAY = rf"(?P<day>{_NUMBER})(?:st|nd|rd|th)?"
# Words are looked up after the shape is known, so that a name that is no month can be told.
_THAI_WORD = r"(?:เดือน\s*)?(?P<month>[ก-ฮเแโใไ][ก-๎.\s]*?)"
_ENGLISH_WORD = r"(?:of\s+)?(?P<month>[a-z]{3,9})\.?"
_WEEKDAY = (
    r"(?:(?P<weekday>(?:วัน\s*)?(?:{words}))(?:\s*ที่|\s*,|\s+the\b|(?<=\.)|(?=\s))\s*)?"
).format(words="|".join(re.escape(w) + (r"\." if len(w) < 3 else r"\.?") for w in WEEKDAY_WORDS))
_BEFORE = rf"(?:(?:เมื่อ|ณ|ลง)\s*)?{_WEEKDAY}(?:วันที่|ที่)?\s*"
_TIME = (
    r"(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2})(?:[.:](?P<second>\d{2})(?:\.\d{1,9})?)?)?"
    r"\s*(?P<mark>น\b\.?|นาฬิกา|[ap]\.?m\b\.?)?"
)
_AFTER = (
    rf"(?:\s*(?:,|เวลา|at\b|t|\s)\s*(?:เวลา\s*)?(?P<time>{_TIME})"
    r"(?:\s*[-\u2010-\u2014]\s*\d{1,2}[.:]\d{2}\s*(?:น\b\.?|นาฬิกา)?)?"
    r"\s*(?P<offset>z|[+-]\d{2}:?\d{2})?)?"
)


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_DATES = [
    (_shape(rf"{_BEFORE}{pattern}{_AFTER}"), is_english) for pattern, is_english in (
        (rf"(?P<year>\d{{4}}){_SEPARATOR}{_MONTH}{_SEPARATOR}{_DAY}", False),
        (rf"{_DAY}{_SEPARATOR}{_MONTH}{_SEPARATOR}{_YEAR}", False),
        (rf"{_DAY}\s*[-/]?\s*{_THAI_WORD}\s*[-/]?\s*{_YEAR}", False),
        (rf"{_DAY}\s*[-/]?\s*{_ENGLISH_WORD}\s*[-/,]?\s*{_YEAR}", True),
        (rf"{_ENGLISH_WORD}\s*{_DAY}(?:\s*,\s*|\s+){_YEAR}", True),
        (rf"(?P<year>\d{{4}})\s*[-/]?\s*{_THAI_WORD}\s*[-/]?\s*{_DAY}", False),
        (rf"(?P<year>\d{{4}})\s*[-/]?\s*{_ENGLISH_WORD}\s*[-/]?\s*{_DAY}", True),
    )
]
_MONTHS = [
    (_shape(pattern), is_english) for pattern, is_english in (
        (rf"(?P<year>\d{{4}})\s*[/.\-]\s*{_MONTH}", False),
        (rf"{_MONTH}\s*[/.\-]\s*{_YEAR}", False),
        (rf"{_THAI_WORD}\s*[-/]?\s*{_YEAR}", False),
        (rf"{_ENGLISH_WORD}\s*[-/,]?\s*{_YEAR}", True),
    )
]


def read_date(value: object) -> date:
    """The day that ``value`` names: a text, or a ``date`` or ``datetime`` of a spreadsheet.

    A time behind the day is left aside. A cell that a spreadsheet holds as a date may have a
    Buddhist year, too. Raises NotADate.
    """
    if isinstance(value, date):  # a datetime is one
        return _day(str(value.year), value.month, value.day)
    return _read_day(_prepared(value))[0]


def read_datetime(value: object) -> datetime:
    """The moment that ``value`` names; midnight when it gives no time. Raises NotADate.

    Without a time zone, unless the text gives an offset from UTC as ISO 8601 does.
    """
    if isinstance(value, datetime):
        return datetime.combine(read_date(value), value.timetz())
    if isinstance(value, date):
        return datetime.combine(read_date(value), time())
    day, found = _read_day(_prepared(value))
    if not found["time"]:
        return datetime.combine(day, time())
    return datetime.combine(day, _time(found), _zone(found["offset"]))


def read_time(value: object) -> time:
    """The time of day that ``value`` names: 09.00 น., 9:30, 9 น., 2:15 pm. Raises NotADate."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    text = _prepared(value)
    found = re.fullmatch(rf"(?:เวลา\s*)?(?P<time>{_TIME})", text, re.IGNORECASE)
    if found is None or not (found["minute"] or found["mark"]):
        raise NotADate(Reason.UNREADABLE, text=text)
    return _time(found)


def read_day_or_month(value: object) -> tuple[date, date]:
    """The first and the last day of what ``value`` names: the same day twice, or a month's ends.

    Takes what ``read_date`` takes, and พ.ค. 2567, 5/2567, 2024-05, May 2024. Raises NotADate.
    """
    if not isinstance(value, date):
        text = _prepared(value)
        for shape, is_english in _MONTHS:
            if found := shape.fullmatch(text):
                year = _written_year(found, is_english)
                first = date(year, _written_month(found), 1)
                return first, first.replace(day=monthrange(first.year, first.month)[1])
    day = read_date(value)
    return day, day


def _prepared(value: object) -> str:
    text = to_arabic(typed(str(value)))
    if not text or len(text) > LONGEST:
        raise NotADate(Reason.UNREADABLE, text=text[:LONGEST])
    return " ".join(text.split())


def _read_day(text: str) -> tuple[date, re.Match[str]]:
    found, is_english = next(
        ((found, is_english) for shape, is_english in _DATES if (found := shape.fullmatch(text))),
        (None, False),
    )
    if found is None:
        raise NotADate(Reason.UNREADABLE, text=text)
    year = _written_year(found, is_english)
    day = _on(year, _written_month(found), int(found["day"]))
    if found["weekday"]:
        weekday = weekday_of(re.sub(r"^วัน\s*", "", found["weekday"]))
        if weekday != day.weekday():
            raise NotADate(Reason.WRONG_WEEKDAY, date=day, weekday=weekday)
    if found["time"]:
        _time(found)  # refused with the day when there is no such time
    return day, found


def _written_year(found: re.Match[str], is_english: bool) -> int:
    """The year of the common era that a match has."""
    groups = found.groupdict()
    era = groups.get("era") or groups.get("era_after") or ""
    digits = found["year"]
    says_buddhist = bool(re.fullmatch(_BUDDHIST, era, re.IGNORECASE))
    if len(digits) == 2:
        if (is_english or era) and not says_buddhist:
            raise NotADate(Reason.SHORT_YEAR, year=digits)
        digits = f"25{digits}"
    year = _common(digits)
    if era and says_buddhist != (int(digits) in BUDDHIST_YEARS):
        raise NotADate(Reason.WRONG_ERA, year=digits, era=era)
    return year


def _common(digits: str) -> int:
    if len(digits) == 4:
        if int(digits) in BUDDHIST_YEARS:
            return int(digits) - BUDDHIST_ERA
        if int(digits) in COMMON_YEARS:
            return int(digits)
    raise NotADate(Reason.NO_SUCH_YEAR, year=digits)


def _written_month(found: re.Match[str]) -> int:
    written = found["month"].strip()
    month = int(written) if written.isdigit() else month_of(written)
    if month is None or not 1 <= month <= 12:
        raise NotADate(Reason.NO_SUCH_MONTH, month=written)
    return month


def _day(year: str, month: int, day: int) -> date:
    return _on(_common(year), month, day)


def _on(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        first = date(year, month, 1)
        raise NotADate(
            Reason.NO_SUCH_DAY, day=day, first=first, days=monthrange(year, month)[1]
        ) from None


def _time(found: re.Match[str]) -> time:
    hour, mark = int(found["hour"]), (found["mark"] or "").lower()
    if mark[:1] in ("a", "p"):
        hour = -1 if not 1 <= hour <= 12 else hour % 12 + (12 if mark[0] == "p" else 0)
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        raise NotADate(Reason.NO_SUCH_TIME, time=found["time"].strip()) from None


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset in "zZ":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 15 or minutes > 59:
        raise NotADate(Reason.NO_SUCH_TIME, time=offset)
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if offset[0] == "-" else away)


# Writing, for readers of a language: "th" has Buddhist years, every other the common era.


def format_year(year: int, language: str) -> str:
    """A year of the common era as it is shown: 2566 in Thai, 2023 in English."""
    return str(int(year) + BUDDHIST_ERA if _is_thai(language) else int(year))


def format_month(day: date, language: str) -> str:
    """The month of ``day``: กันยายน 2566, September 2023."""
    return f"{_month_name(day, language)} {format_year(day.year, language)}"


def format_date(day: date, language: str) -> str:
    """A day: 9 กันยายน 2566, 9 September 2023."""
    return f"{day.day} {format_month(day, language)}"


def format_weekday_date(day: date, language: str) -> str:
    """A day with its weekday: เสาร์ 9 กันยายน 2566, Saturday 9 September 2023."""
    weekday = WEEKDAYS["th" if _is_thai(language) else "en"][day.weekday()]
    return f"{weekday} {format_date(day, language)}"


def format_datetime(moment: datetime, language: str) -> str:
    """A moment, in the zone it is given in: 9 กันยายน 2566 13:30, 9 September 2023 13:30."""
    return f"{format_date(moment, language)} {moment:%H:%M}"


def _month_name(day: date, language: str) -> str:
    return MONTHS["th" if _is_thai(language) else "en"][day.month - 1]


def _is_thai(language: str) -> bool:
    return language.startswith("th")
