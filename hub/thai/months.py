"""Months and weekdays by name: how they are written, and which one a typed word means."""

MONTHS = {
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน "
          "กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม".split(),
    "en": "January February March April May June "
          "July August September October November December".split(),
}
SHORT_MONTHS = {
    "th": "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split(),
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
}
# In the order of ``date.weekday()``.
WEEKDAYS = {
    "th": "จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
# Colloquial names, and misspellings that occur often enough to be worth knowing.
_OTHER_MONTHS = """
    มกรา มกราค มกราคาม |
    กุมภา กุมภาพัน กุมภาพันธ กุมภาพันธุ์ กุมภาพันธ์ุ กุมพาพันธ์ กุมภาพันท์ |
    มีนา มินาคม |
    เมษา เมษยน เมศายน เมสายน |
    พฤษภา พฤกษภาคม พฤศภาคม พฤษาคม พฤษภาค พฤสภาคม |
    มิถุนา มิถุนยน มิถุนายล มีถุนายน |
    กรกฎา กรกฏาคม กรกฏา กรกดาคม กรกฎคม กรกฏคม |
    สิงหา สิงหาค สิงหคม |
    กันยา กันยายม กันยน |
    ตุลา ตุลาค ตุลคม |
    พฤศจิกา พฤศจิ พฤษจิกายน พฤจิกายน พฤศจิกายม พฤษจิกา พฤศจิกยน พฤสจิกายน |
    ธันวา ธันวาค ทันวาคม ธันวคม
"""
_OTHER_WEEKDAYS = """
    จันทร จ mon | อ tue tues | พุทธ พ wed | พฤหัส พฤหัสฯ พฤ thu thur thurs |
    ศุกร ศ fri | เสาร ส sat | อาทิต อา sun
"""


def _key(word: str) -> str:
    """A word as it is compared: without dots, spaces and case."""
    return word.casefold().replace(".", "").replace(" ", "")


def _table(*lists: list[str]) -> dict[str, int]:
    """Names → their place in the lists, each of which names the same things in the same order."""
    return {
        _key(name): place
        for names in lists for place, several in enumerate(names) for name in several.split()
    }


_MONTH_OF = _table(
    *MONTHS.values(), *SHORT_MONTHS.values(), _OTHER_MONTHS.split("|")
) | {"sept": 8}
_WEEKDAY_OF = _table(*WEEKDAYS.values(), _OTHER_WEEKDAYS.split("|"))


def month_of(word: str) -> int | None:
    """The month that ``word`` names, 1 to 12: กันยายน, ก.ย., กย, กันยา, September, Sep."""
    place = _MONTH_OF.get(_key(word))
    return None if place is None else place + 1


def weekday_of(word: str) -> int | None:
    """The weekday that ``word`` names, 0 for Monday as ``date.weekday()``: จันทร์, จ., Mon."""
    return _WEEKDAY_OF.get(_key(word))


WEEKDAY_WORDS = sorted(_WEEKDAY_OF, key=len, reverse=True)
