"""Read amounts as people type them: with Thai digits, commas and units."""

import re

from hub.thai.digits import to_arabic

MAX_AMOUNT = 2_147_483_647  # the maximum of an integer column
IGNORED = re.compile(
    r"ประมาณ|ราว ?ๆ?|บาท|ครัวเรือน|หลังคาเรือน|บ้าน|baht|thb|households?|฿|[,\s' ’]"
    r"|\.0{1,2}(?!\d)|\.-"
)


def whole_number(text) -> int:
    """``"๑๒,๕๐๐ บาท"`` → 12500; 0 to ``MAX_AMOUNT``. Raises ValueError."""
    found = IGNORED.sub("", to_arabic(text).lower())
    if not re.fullmatch(r"\d{1,10}", found) or int(found) > MAX_AMOUNT:
        raise ValueError(text)
    return int(found)
