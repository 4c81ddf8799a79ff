"""Amounts as people type them: Thai digits, commas, what is counted beside the number."""

import re

from hub.thai.digits import to_arabic

MOST = 2_147_483_647  # what an integer column takes
BESIDE_A_NUMBER = re.compile(
    r"ประมาณ|ราว ?ๆ?|บาท|ครัวเรือน|หลังคาเรือน|บ้าน|baht|thb|households?|฿|[,\s' ’]"
    r"|\.0{1,2}(?!\d)|\.-"
)


def whole_number(text) -> int:
    """``"๑๒,๕๐๐ บาท"`` → 12500; 0 up to what the database takes. Raises ValueError."""
    found = BESIDE_A_NUMBER.sub("", to_arabic(text).lower())
    if not re.fullmatch(r"\d{1,10}", found) or int(found) > MOST:
        raise ValueError(text)
    return int(found)
