"""One reader of dates: what people write is read, what cannot be is refused with its reason."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from hub.thai.dates import (
    NotADate,
    format_date,
    format_datetime,
    format_month,
    format_weekday_date,
    format_year,
    read_date,
    read_datetime,
    read_day_or_month,
    read_time,
)
from hub.thai.months import MONTHS, SHORT_MONTHS, WEEKDAYS

SATURDAY = date(2023, 9, 9)
# Each writing once; all of them name the 9th of September 2023.
WRITINGS = [
    # Figures
    "9/9/66", "9/9/2566", "09/09/2566", "9/9/2023", "9-9-2566", "9.9.2566", "9 9 2566", "9.9.66",
    "9 / 9 / 2566", "9–9–2566", "๙/๙/๖๖", "๙/๙/๒๕๖๖", "９/９/２５６６",
    "2566-09-09", "2566-9-9", "2023-09-09", "2023/9/9", "๒๕๖๖-๐๙-๐๙",
    "9/9/พ.ศ. 2566", "9/9/ค.ศ. 2023",
    # Thai words
    "9 กันยายน 2566", "๙ กันยายน ๒๕๖๖", "9 กันยายน พ.ศ.2566", "9 กันยายน พ.ศ. 2566",
    "9 กันยายนพ.ศ.2566", "9 กันยายน พศ 2566", "9 กันยายน พ. ศ. 2566", "9 กันยายน ปี พ.ศ. 2566",
    "9 กันยายน ปี 2566", "9 กันยายน พุทธศักราช 2566", "9 กันยายน ค.ศ. 2023", "9 กันยายน 2023",
    "วันที่ 9 กันยายน พ.ศ. 2566", "วันที่ 9 เดือนกันยายน 2566", "วันที่ ๙ เดือน กันยายน พ.ศ. ๒๕๖๖",
    "เมื่อวันที่ 9 กันยายน 2566", "ณ วันที่ 9 กันยายน 2566", "ลงวันที่ 9 ก.ย. 2566",
    "9 ก.ย. 66", "9 ก.ย. 2566", "9 ก.ย.2566", "9 กย 2566", "9 กย. 66", "9กย66", "9ก.ย.66",
    "9 ก. ย. 2566", "9/ก.ย./2566", "9-ก.ย.-66", "9 กันยา 66", "9 ก.ย. พ.ศ. 66", "2566 กันยายน 9",
    # with the weekday
    "วันเสาร์ที่ 9 กันยายน 2566", "วันเสาร์ที่ 9 กันยายน พ.ศ. 2566", "วันเสาร์ 9 กันยายน 2566",
    "เสาร์ที่ 9 กันยายน 2566", "เสาร์ 9 ก.ย. 66", "ส. 9 ก.ย. 66", "วันเสาร์ที่ ๙ กันยายน ๒๕๖๖",
    # and a time, which a date leaves aside
    "9 ก.ย.2566 เวลา 09.00 น.", "9/9/66 09:00", "9 กันยายน 2566 เวลา 9 น.", "2023-09-09 09:00:00",
    "9 กันยายน 2566 เวลา 09.00-12.00 น.", "9 กันยายน 2566, 09.00 น.", "2023-09-09T09:00:00+07:00",
    # English
    "9 September 2023", "9 Sep 2023", "9 Sept. 2023", "9 sep 2566", "9-Sep-2023",
    "9 September, 2023",
    "September 9, 2023", "Sep 9, 2023", "SEPTEMBER 9 2023", "9th September 2023",
    "September 9th, 2023", "9th of September 2023", "9 September 2566 BE",
    "9 September B.E. 2566", "9 September 2023 CE", "9 September AD 2023", "2023 Sep 9",
    "Saturday, 9 September 2023", "Saturday 9 September 2023", "Sat 9 Sep 2023",
    "Sat., 9 Sept. 2023", "Saturday, September 9, 2023", "Saturday the 9th of September 2023",
    "9 September 2023 at 09:00", "Sep 9, 2023 9:00 am",
    # What phones and programs add, and marks typed in another order
    " 9 กันยายน 2566 ", "9\u00a0กันยายน\u00a02566", "\u200e9/9/2566\u200f", "9 กันยา\u200bยน 2566",
    "9  กันยายน   2566", "วันเสาร์ท\u0e48\u0e35 9 กันยายน 2566",
]


@pytest.mark.parametrize("written", WRITINGS)
def test_every_writing_of_a_date_is_read(written):
    assert read_date(written) == SATURDAY
    assert read_day_or_month(written) == (SATURDAY, SATURDAY)
    assert read_datetime(written).date() == SATURDAY


@pytest.mark.parametrize(("written", "day"), [
    ("15 ม.ค.2567", date(2024, 1, 15)), ("วันจันทร์ที่ 15 มกราคม 2567", date(2024, 1, 15)),
    ("15 พ.ย.2567 เวลา 09.00 น.", date(2024, 11, 15)), ("๓๐/๑๑/๒๕๖๙", date(2026, 11, 30)),
    ("2569-11-30", date(2026, 11, 30)), ("29/2/2567", date(2024, 2, 29)),
    ("1/1/2400", date(1857, 1, 1)), ("31/12/2700", date(2157, 12, 31)),
    ("1/1/1857", date(1857, 1, 1)), ("31/12/2157", date(2157, 12, 31)),
    ("1/1/00", date(1957, 1, 1)), ("31/12/99", date(2056, 12, 31)),
    ("วันพฤหัสบดีที่ 18 มกราคม 2567", date(2024, 1, 18)), ("พฤ. 18 ม.ค. 67", date(2024, 1, 18)),
    ("พ. 17 ม.ค. 67", date(2024, 1, 17)), ("อ. 16 ม.ค. 67", date(2024, 1, 16)),
    ("อา. 14 ม.ค. 67", date(2024, 1, 14)), ("ศ. 12 ม.ค. 67", date(2024, 1, 12)),
])
def test_dates_of_other_days_are_read(written, day):
    assert read_date(written) == day


@pytest.mark.parametrize(("month", "names"), [
    (2, "กุมภาพัน กุมภาพันธุ์ กุมภา"), (7, "กรกฏาคม กรกฎา"), (11, "พฤษจิกายน พฤศจิกา พฤจิกายน"),
    (5, "พฤษภา พฤศภาคม พฤษาคม"), (6, "มิถุนา"), (12, "ธันวา ทันวาคม"), (1, "มกรา"), (4, "เมษา"),
])
def test_months_are_known_as_people_spell_them(month, names):
    for name in names.split():
        assert read_date(f"15 {name} 2567") == date(2024, month, 15), name


CANNOT_BE = [
    ("31/02/2567", "no_such_day", {"day": 31, "first": date(2024, 2, 1), "days": 29}),
    ("29/2/2566", "no_such_day", {"day": 29, "first": date(2023, 2, 1), "days": 28}),
    ("๓๑ เมษายน ๒๕๖๗", "no_such_day", {"day": 31, "first": date(2024, 4, 1), "days": 30}),
    ("0/1/2567", "no_such_day", {"day": 0, "first": date(2024, 1, 1), "days": 31}),
    ("12/31/2023", "no_such_month", {"month": "31"}), ("1/0/2567", "no_such_month", {"month": "0"}),
    ("9 กก. 2566", "no_such_month", {"month": "กก."}),
    ("9 Setpember 2023", "no_such_month", {"month": "Setpember"}),
    ("วันอังคารที่ 15 มกราคม 2567", "wrong_weekday", {"date": date(2024, 1, 15), "weekday": 1}),
    ("Tue 15 Jan 2024", "wrong_weekday", {"date": date(2024, 1, 15), "weekday": 1}),
    ("1/1/1", "no_such_year", {"year": "1"}), ("1/1/3112", "no_such_year", {"year": "3112"}),
    ("1/1/0001", "no_such_year", {"year": "0001"}), ("1/1/567", "no_such_year", {"year": "567"}),
    ("1/1/1856", "no_such_year", {"year": "1856"}), ("1/1/2158", "no_such_year", {"year": "2158"}),
    ("1/1/2399", "no_such_year", {"year": "2399"}), ("1/1/2701", "no_such_year", {"year": "2701"}),
    ("3112-01-01", "no_such_year", {"year": "3112"}),
    ("1/1/23456", "no_such_year", {"year": "23456"}),
    ("9 ก.ย. ค.ศ. 2566", "wrong_era", {"year": "2566", "era": "ค.ศ."}),
    ("9/9/พ.ศ. 2023", "wrong_era", {"year": "2023", "era": "พ.ศ."}),
    ("9 Sep 66", "short_year", {"year": "66"}), ("Sep 9, 23", "short_year", {"year": "23"}),
    ("9 ก.ย. ค.ศ. 23", "short_year", {"year": "23"}),
    ("9/9/2566 เวลา 25.00 น.", "no_such_time", {"time": "25.00 น."}),
    ("2023-09-09 09:61", "no_such_time", {"time": "09:61"}),
    ("9/9/2566 13:00 pm", "no_such_time", {"time": "13:00 pm"}),
    ("2023-09-09T09:00+99:00", "no_such_time", {"time": "+99:00"}),
] + [(written, "unreadable", {"text": written.strip()}) for written in (
    "", "   ", "พรุ่งนี้", "9/9", "9 กันยายน", "กันยายน", "2566", "1/2/3/4", "9", "-", "//",
    "9/9/", "a/b/c", "9 กันยายน 2566 ครับ", "1e3", "5/²/2566", "None", "45178", "20230909",
)]


@pytest.mark.parametrize(("written", "reason", "values"), CANNOT_BE)
def test_impossible_dates_are_rejected_with_the_reason(written, reason, values):
    with pytest.raises(NotADate) as refused:
        read_datetime(written)
    assert (refused.value.reason, refused.value.values) == (reason, values)


@pytest.mark.parametrize("hostile", [
    "9" * 10_000, "9 " + "ก." * 5000, "9 " + "ก " * 40, "เดือน" * 20, "- " * 50, "9/" * 50,
    "\u0e48" * 20_000, "9 " + "ก.ย." * 20, "\x00", "\ud800", None, 45178, 4.5, b"9/9/2566",
])
def test_hostile_input_is_rejected_at_once(hostile):
    with pytest.raises(NotADate) as refused:
        read_date(hostile)
    assert len(refused.value.values["text"]) <= 100


@pytest.mark.parametrize(("cell", "day"), [
    (date(2023, 9, 9), SATURDAY), (datetime(2023, 9, 9, 12, 30), SATURDAY),
    (date(2566, 9, 9), SATURDAY), (datetime(2566, 9, 9), SATURDAY),
])
def test_cells_of_a_spreadsheet_are_read_in_both_calendars(cell, day):
    assert read_date(cell) == day and read_day_or_month(cell) == (day, day)
    assert read_datetime(cell).date() == day


@pytest.mark.parametrize("cell", [date(1, 1, 1), date(3112, 1, 1), datetime(9999, 12, 31)])
def test_cells_with_an_impossible_year_are_rejected(cell):
    with pytest.raises(NotADate):
        read_date(cell)


@pytest.mark.parametrize(("written", "moment"), [
    ("15 พ.ย.2567 เวลา 09.00 น.", datetime(2024, 11, 15, 9)),
    ("15 พ.ย. 2567 13.45 น.", datetime(2024, 11, 15, 13, 45)),
    ("15 พ.ย. 2567 เวลา ๑๓.๔๕ นาฬิกา", datetime(2024, 11, 15, 13, 45)),
    ("15/11/67 9:05", datetime(2024, 11, 15, 9, 5)), ("15/11/2567", datetime(2024, 11, 15)),
    ("15 พ.ย. 2567 เวลา 09.00-12.00 น.", datetime(2024, 11, 15, 9)),
    ("2024-11-15 13:45:06", datetime(2024, 11, 15, 13, 45, 6)),
    ("2567-11-15T13:45:06.123", datetime(2024, 11, 15, 13, 45, 6)),
    ("2024-11-15T13:45Z", datetime(2024, 11, 15, 13, 45, tzinfo=UTC)),
    ("2024-11-15 13:45+07:00",
     datetime(2024, 11, 15, 13, 45, tzinfo=timezone(timedelta(hours=7)))),
    ("15 November 2024 1:45 pm", datetime(2024, 11, 15, 13, 45)),
    ("15 November 2024, 12:10 a.m.", datetime(2024, 11, 15, 0, 10)),
])
def test_dates_with_times_are_read(written, moment):
    found = read_datetime(written)
    assert (found, found.utcoffset()) == (moment, moment.utcoffset())


@pytest.mark.parametrize(("written", "moment"), [
    ("09.00 น.", time(9)), ("9:00", time(9)), ("๙.๓๐", time(9, 30)), ("9 น.", time(9)),
    ("เวลา 14.30 น.", time(14, 30)), ("14:30:15", time(14, 30, 15)), ("2:15 pm", time(14, 15)),
    ("12 am", time(0)), ("0:00", time(0)), (time(9, 5), time(9, 5)),
    (datetime(2024, 11, 15, 9, 5), time(9, 5)),
])
def test_times_are_read(written, moment):
    assert read_time(written) == moment


@pytest.mark.parametrize(("written", "reason"), [
    ("25:00", "no_such_time"), ("9:60", "no_such_time"), ("13 pm", "no_such_time"),
    ("24.00 น.", "no_such_time"), ("9", "unreadable"), ("9.5", "unreadable"),
    ("0900", "unreadable"),
    ("", "unreadable"), ("เช้า", "unreadable"), ("9:00:00:00", "unreadable"),
])
def test_invalid_times_are_rejected(written, reason):
    with pytest.raises(NotADate) as refused:
        read_time(written)
    assert refused.value.reason == reason


@pytest.mark.parametrize("written", [
    "พ.ค. 2567", "พฤษภาคม ๒๕๖๗", "พฤษภา 67", "เดือนพฤษภาคม พ.ศ. 2567", "5/2567", "5/67", "05/2024",
    "2567-05", "2024-05", "May 2024", "may, 2567", "พฤษภาคม ค.ศ. 2024",
])
def test_a_month_is_its_first_and_last_day(written):
    assert read_day_or_month(written) == (date(2024, 5, 1), date(2024, 5, 31))
    with pytest.raises(NotADate):
        read_date(written)


@pytest.mark.parametrize(("written", "reason"), [
    ("2567", "unreadable"), ("พ.ค.", "unreadable"), ("13/2567", "no_such_month"),
    ("0/2567", "no_such_month"), ("5/567", "no_such_year"), ("5/99999", "no_such_year"),
    ("May 24", "short_year"), ("พ.ค. ค.ศ. 2567", "wrong_era"),
])
def test_invalid_months_are_rejected(written, reason):
    with pytest.raises(NotADate) as refused:
        read_day_or_month(written)
    assert refused.value.reason == reason


def _thai(text) -> str:
    return text.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))


def _words(day, months, year) -> str:
    return f"{day.day} {months[day.month - 1]} {year}"


WAYS_TO_WRITE = [
    lambda d: f"{d.day}/{d.month}/{d.year + 543}",
    lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    lambda d: f"{d.day}-{d.month}-{d.year + 543}",
    lambda d: f"{d.day}.{d.month}.{d.year + 543}",
    lambda d: _thai(f"{d.day}/{d.month}/{d.year + 543}"),
    lambda d: d.isoformat(),
    lambda d: f"{d.year + 543}-{d.month:02}-{d.day:02}",
    lambda d: f"{d.isoformat()}T00:00:00",
    lambda d: _words(d, MONTHS["th"], d.year + 543),
    lambda d: _words(d, MONTHS["th"], f"พ.ศ.{d.year + 543}"),
    lambda d: f"วันที่ {_words(d, MONTHS['th'], f'พ.ศ. {d.year + 543}')}",
    lambda d: _thai(_words(d, MONTHS["th"], d.year + 543)),
    lambda d: _words(d, SHORT_MONTHS["th"], d.year + 543),
    lambda d: _words(d, SHORT_MONTHS["th"], d.year + 543).replace(".", ""),
    lambda d: f"{d.day}{SHORT_MONTHS['th'][d.month - 1]}{d.year + 543}",
    lambda d: _words(d, SHORT_MONTHS["th"], f"ค.ศ. {d.year}"),
    lambda d: f"วัน{WEEKDAYS['th'][d.weekday()]}ที่ {_words(d, MONTHS['th'], d.year + 543)}",
    lambda d: f"{_words(d, SHORT_MONTHS['th'], d.year + 543)} เวลา 09.00 น.",
    lambda d: _words(d, MONTHS["en"], d.year),
    lambda d: _words(d, SHORT_MONTHS["en"], d.year),
    lambda d: f"{MONTHS['en'][d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{WEEKDAYS['en'][d.weekday()]}, {_words(d, MONTHS['en'], d.year)}",
    lambda d: format_date(d, "th"),
    lambda d: format_date(d, "en"),
    lambda d: format_weekday_date(d, "th"),
    lambda d: format_weekday_date(d, "en"),
    lambda d: format_datetime(datetime.combine(d, time(9)), "th"),
    lambda d: format_datetime(datetime.combine(d, time(9)), "en"),
]
# Of two digits, those that a Buddhist year of the present century has.
SHORT_WAYS = [
    lambda d: f"{d.day}/{d.month}/{(d.year + 543) % 100:02}",
    lambda d: _words(d, SHORT_MONTHS["th"], f"{(d.year + 543) % 100:02}"),
]
FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)


def _check(day, write):
    written = write(day)
    assert read_date(written) == day, written


def test_every_date_of_two_centuries_reads_back():
    """Each date in two of the writings, in turn: each writing has every day, month and year."""
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(number)
        for turn in range(2):
            _check(day, WAYS_TO_WRITE[(number * 2 + turn + number // 28) % len(WAYS_TO_WRITE)])


@pytest.mark.thorough
def test_every_date_of_two_centuries_reads_back_in_every_writing():
    for number in range((LAST - FIRST).days + 1):
        for write in WAYS_TO_WRITE:
            _check(FIRST + timedelta(number), write)


def test_the_ends_and_the_middle_of_every_month_read_back_in_every_writing():
    for year in range(1900, 2101, 7):
        for month in range(1, 13):
            last = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
            for day in (date(year, month, 1), date(year, month, 15), last):
                for write in WAYS_TO_WRITE:
                    _check(day, write)


def test_short_years_read_back():
    for number in range((date(2056, 12, 31) - date(1957, 1, 1)).days + 1):
        day = date(1957, 1, 1) + timedelta(number)
        _check(day, SHORT_WAYS[number % 2])


def test_dates_are_shown_in_the_calendar_of_the_language():
    day = date(2023, 9, 9)
    assert format_date(day, "th") == "9 กันยายน 2566"
    assert format_date(day, "en") == "9 September 2023"
    assert format_month(day, "th") == "กันยายน 2566"
    assert format_month(day, "en") == "September 2023"
    assert format_weekday_date(day, "th") == "เสาร์ 9 กันยายน 2566"
    assert format_weekday_date(day, "en") == "Saturday 9 September 2023"
    assert (format_year(2023, "th"), format_year(2023, "en-gb")) == ("2566", "2023")
    assert format_datetime(datetime(2023, 9, 9, 7, 5), "th") == "9 กันยายน 2566 07:05"
