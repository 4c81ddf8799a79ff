"""Milestones of a clause: a line each, a date and what is to have happened by then."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hub.thai.dates import NotADate, read_date

LONGEST_DATE = 7  # words: วันที่ ๓๐ เดือน กันยายน พ.ศ. ๒๕๗๐


@dataclass(frozen=True)
class Milestone:
    """What is to have happened by a day."""

    on: date
    words: str


def read_milestones(text: str) -> list[Milestone]:
    """The milestones of ``text`` by date. Raises ValidationError for a line without date or words.
    """
    lines = [line.split() for line in text.splitlines()]
    return sorted((_read(words) for words in lines if words), key=lambda each: each.on)


def _read(words) -> Milestone:
    for number in range(min(LONGEST_DATE, len(words) - 1), 0, -1):
        try:
            return Milestone(read_date(" ".join(words[:number])), " ".join(words[number:]))
        except NotADate:
            continue
    raise ValidationError(
        _("“%(line)s”: write the date first, then what is to be done, e.g. 30/9/2027 committee "
          "appointed.") % {"line": " ".join(words)[:60]})
