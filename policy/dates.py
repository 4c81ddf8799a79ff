"""Dates as people in Thailand write them."""

import re
from datetime import date

from django.utils.dates import MONTHS
from django.utils.translation import override

BUDDHIST = 543  # years ahead of the common era
FIRST_BUDDHIST = 2400  # no year of the common era that anybody types here is as high
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
THAI_SHORT = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()


def parse_date(text) -> date | None:
    """The date that ``text`` names, None when it names none.

    Takes 2023-09-09, 9/9/2566, 9 ก.ย. 2566, 9 กันยายน ๒๕๖๖ and 9 September 2023; the day stands
    first unless the year does. A year from 2400 on is Buddhist.
    """
    parts = re.findall(r"\d+|[^\W\d_][\w.ะ-์]*", str(text).translate(THAI_DIGITS).strip())
    parts = [part for part in parts if part.strip(".") not in ("พ.ศ", "พศ", "ค.ศ", "คศ", "วันที่")]
    if len(parts) != 3 or not all(p.isdigit() or p == parts[1] for p in parts):
        return None
    first, month, last = parts
    day, year = (last, first) if len(first) == 4 else (first, last)
    month = int(month) if month.isdigit() else _month(month)
    if not month or len(year) != 4 or len(day) > 2:
        return None
    year = int(year)
    return safe_date(year, month, int(day))


def safe_date(year, month, day) -> date | None:
    """The date, its year turned to the common era; None when there is no such day."""
    try:
        return date(year - BUDDHIST if year >= FIRST_BUDDHIST else year, month, day)
    except ValueError:
        return None


def _month(word) -> int | None:
    word = word.lower()
    for number, short in enumerate(THAI_SHORT, 1):
        if word.replace(".", "") == short.replace(".", ""):
            return number
    for language in ("th", "en"):
        with override(language):
            for number, name in MONTHS.items():
                full = str(name).lower()
                if word == full or (language == "en" and word.strip(".") == full[:3]):
                    return number
    return None
