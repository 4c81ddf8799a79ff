"""Digits: Thai ones and those of other scripts as Arabic ones."""

import re
import unicodedata

THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")  # what \d takes besides 0 to 9


def to_arabic(text: str) -> str:
    """``text`` with the decimal digits of every script as 0 to 9: ๒๕๖๗ and ２５６７ → 2567.

    Superscripts and fractions are no decimal digits and stay.
    """
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)
