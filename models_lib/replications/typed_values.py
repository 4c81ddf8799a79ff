"""Amounts and dates as people type them: Thai digits and years, months by name, commas.

Each function raises ValueError on what it cannot read.
"""

import re
from calendar import monthrange
from datetime import date

from django.utils import timezone

MOST = 2_147_483_647  # what an integer column takes
BESIDE_A_NUMBER = re.compile(
    r"ประมาณ|ราว ?ๆ?|บาท|ครัวเรือน|หลังคาเรือน|บ้าน|baht|thb|households?|฿|[,\s' ’]"
    r"|\.0{1,2}(?!\d)|\.-"
)
MONTHS = """
    มกราคม มกรา มค january jan | กุมภาพันธ์ กุมภา กพ february feb | มีนาคม มีนา มีค march mar |
    เมษายน เมษา เมย april apr | พฤษภาคม พฤษภา พค may | มิถุนายน มิถุนา มิย june jun |
    กรกฎาคม กรกฎา กค july jul | สิงหาคม สิงหา สค august aug | กันยายน กันยา กย september sept sep |
    ตุลาคม ตุลา ตค october oct | พฤศจิกายน พฤศจิกา พย november nov | ธันวาคม ธันวา ธค december dec
"""
MONTH_OF = {
    name: number for number, names in enumerate(MONTHS.split("|"), 1) for name in names.split()
}
BESIDE_A_DATE = re.compile(r"วันที่|เดือน|ปี|พศ|คศ|\b(?:of|be|ce)\b")
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
BUDDHIST = 543
EARLIEST = 1950


def whole_number(text) -> int:
    """``"๑๒,๕๐๐ บาท"`` → 12500; 0 up to what the database takes."""
    found = BESIDE_A_NUMBER.sub("", text.translate(THAI_DIGITS).lower())
    if not re.fullmatch(r"\d{1,10}", found) or int(found) > MOST:
        raise ValueError(text)
    return int(found)


def day_of(text, last=False) -> date:
    """``"พ.ค. 2567"``, ``"5/2567"``, ``"15 พฤษภาคม 67"``, ``"2024-05-15"`` → a date.

    A month alone is its first day, with ``last`` its last. Years of the Buddhist and the common
    era are told apart by their size; of two digits, whichever lies nearer in the past.
    """
    plain = re.sub(r"(?<=[ก-๎])\.", "", text.translate(THAI_DIGITS).lower())  # พ.ค. → พค
    words = re.findall(r"\d+|[a-z]+|[ก-๎]+", BESIDE_A_DATE.sub(" ", plain))
    if words and len(words[0]) == 4 and words[0].isdigit():  # 2024-05-15
        words.reverse()
    if len(words) == 3 and words[0] in MONTH_OF:  # May 15, 2024
        words[0], words[1] = words[1], words[0]
    if len(words) not in (2, 3):
        raise ValueError(text)
    month = MONTH_OF.get(words[-2]) or int(words[-2])
    year = _year(words[-1])
    if not 1 <= month <= 12:
        raise ValueError(text)
    length = monthrange(year, month)[1]
    return date(year, month, int(words[0]) if len(words) == 3 else length if last else 1)


def _year(digits) -> int:
    if len(digits) not in (2, 4):
        raise ValueError(digits)
    this_year = timezone.localdate().year
    number = int(digits)
    if len(digits) == 2:
        readings = [2500 + number - BUDDHIST, 2000 + number]
        past = [year for year in readings if year <= this_year + 1]
        if not past:
            raise ValueError(digits)
        return max(past)
    year = number - BUDDHIST if number > this_year + 100 else number
    if not EARLIEST <= year <= this_year + 100:
        raise ValueError(digits)
    return year
