"""Reads past resolutions out of a spreadsheet: every row's problem named, nothing taken on trust.

``read(file, name)`` gives ``(resolutions, problems)``. A resolution is a dict of plain values:
number, title, summary, adopted_on (ISO), adoption, clauses; a clause: number, text, parties
(slugs), channel, due (ISO or ""). A problem is ``(row number as the spreadsheet counts, message)``.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from hub.files.sheet_reader import Cell, Limits, UnreadableSheet, find_columns, read_sheet
from hub.forms.date_fields import explanation
from hub.thai.dates import NotADate, read_date
from hub.thai.digits import to_arabic
from policy.models import Clause, Party, ResolutionPage

LIMITS = Limits(rows=2000, columns=30)
LONGEST = {"number": 20, "title": 255, "summary": 500, "clause": 10, "text": 5000}
# Name of a column → its heading; a sheet may have either language, or both in one cell.
HEADINGS = {
    "number": gettext_noop("Resolution number"),
    "title": gettext_noop("Resolution title"),
    "summary": gettext_noop("Resolution summary"),
    "adopted_on": gettext_noop("Adopted on"),
    "adoption": gettext_noop("How it was adopted"),
    "clause": gettext_noop("Clause number"),
    "text": gettext_noop("Clause text"),
    "parties": gettext_noop("Responsible parties"),
    "channel": gettext_noop("Channel"),
    "due": gettext_noop("Due date"),
}
REQUIRED = ("number", "title", "adopted_on", "clause", "text")
OF_RESOLUTION = ("title", "summary", "adopted_on", "adoption")


def in_both_languages(text) -> dict[str, str]:
    """A marked string in every language of the hub."""
    found = {}
    for language in ("th", "en"):
        with override(language):
            found[language] = _(text)
    return found


def read(file, name, taken=()) -> tuple[list[dict], list[tuple[int, str]]]:
    """``taken`` holds numbers of resolutions that the assembly has already.

    Raises UnreadableSheet when the file as a whole cannot be read.
    """
    rows = read_sheet(file, name, LIMITS)
    headings = next(rows, None)
    names = {column: in_both_languages(heading).values() for column, heading in HEADINGS.items()}
    places = find_columns(headings, names) if headings else {}
    missing = [column for column in REQUIRED if column not in places]
    if missing:
        raise UnreadableSheet(
            _("The first row must have these headings: %(headings)s.")
            % {"headings": ", ".join(_(HEADINGS[column]) for column in missing)}
        )
    reading = _Reading(set(taken))
    is_empty = True
    for row in rows:
        raw = {column: row[place] for column, place in places.items()}
        said = {column: cell.text for column, cell in raw.items()}
        if any(said.values()):
            is_empty = False
            reading.take(row.number, said, raw)
    if is_empty:
        raise UnreadableSheet(_("There is no row below the headings."))
    return reading.resolutions, reading.problems


class _Reading:
    """Rows turned into resolutions, one after the other."""

    def __init__(self, taken):
        self.taken = taken
        self.resolutions, self.problems = [], []
        self.by_number = {}
        self.parties = {}
        for party in Party.objects.all():
            for name in (party.slug, party.name_th, party.name_en):
                if name:
                    self.parties[_key(name)] = party.slug
        self.channels = _labels(Clause.Channel)
        self.adoptions = _labels(ResolutionPage.Adoption)

    def take(self, row, said, raw) -> None:
        def wrong(message, **values):
            self.problems.append((row, message % values))

        for column, most in LONGEST.items():
            if len(said.get(column, "")) > most:
                wrong(_("“%(column)s” is longer than %(most)s characters."),
                      column=_(HEADINGS[column]), most=most)
        resolution = self._resolution(row, said, raw, wrong)
        clause = {
            "number": to_arabic(said["clause"]), "text": said["text"], "due": "",
            "parties": self._parties(said.get("parties", ""), wrong),
            "channel": self._choice(
                self.channels, said.get("channel", ""), "channel", wrong
            ),
        }
        for column in ("clause", "text"):
            if not said[column]:
                wrong(_("“%(column)s” is empty."), column=_(HEADINGS[column]))
        if said.get("due"):
            clause["due"] = _iso_date(raw["due"], wrong)
        if resolution is None:
            return
        if clause["number"] and clause["number"] in [c["number"] for c in resolution["clauses"]]:
            wrong(_("Clause %(clause)s stands twice in resolution %(number)s."),
                  clause=clause["number"], number=resolution["number"])
        if clause["due"] and resolution["adopted_on"] and clause["due"] < resolution["adopted_on"]:
            wrong(_("It is due before it was adopted."))
        resolution["clauses"].append(clause)

    def _resolution(self, row, said, raw, wrong) -> dict | None:
        """The resolution that a row belongs to: an empty number means that of the row above, as
        where cells are merged."""
        number = to_arabic(said["number"])
        if not number:
            if self.resolutions:
                return self.resolutions[-1]
            wrong(_("“%(column)s” is empty."), column=_(HEADINGS["number"]))
            return None
        if number in self.by_number:
            self._agrees(self.by_number[number], said, wrong)
            return self.by_number[number]
        made = {
            "number": number, "title": said["title"], "row": row,
            "summary": said.get("summary", ""), "adopted_on": "", "clauses": [],
            "adoption": self._choice(
                self.adoptions, said.get("adoption", ""), "adoption", wrong
            ) or ResolutionPage.Adoption.CONSENSUS.value,
        }
        self.resolutions.append(made)
        self.by_number[number] = made
        if number in self.taken:
            wrong(_("The assembly has a resolution %(number)s already."), number=number)
        if not said["title"]:
            wrong(_("“%(column)s” is empty."), column=_(HEADINGS["title"]))
        if said["adopted_on"]:
            made["adopted_on"] = _iso_date(raw["adopted_on"], wrong)
        else:
            wrong(_("“%(column)s” is empty."), column=_(HEADINGS["adopted_on"]))
        return made

    def _agrees(self, made, said, wrong) -> None:
        """What is said again of a resolution must be what was said before, or nothing."""
        if said["title"] and said["title"] != made["title"]:
            wrong(_("Resolution %(number)s has another title in row %(row)s."),
                  number=made["number"], row=made["row"])

    def _parties(self, text, wrong) -> list[str]:
        found = []
        for name in filter(None, (n.strip() for n in text.replace("\n", ";").split(";"))):
            slug = self.parties.get(_key(name))
            if slug is None:
                wrong(_("There is no party “%(name)s”. Add it under Follow-up, or write its name "
                        "as it stands there."), name=name[:80])
            elif slug not in found:
                found.append(slug)
        return found

    def _choice(self, labels, text, column, wrong) -> str:
        if not text:
            return ""
        if (value := labels.get(_key(text))) is None:
            wrong(_("“%(text)s” cannot stand under “%(column)s”. Choose from: %(choices)s."),
                  text=text[:40], column=_(HEADINGS[column]),
                  choices=", ".join(dict.fromkeys(labels.shown)))
            return ""
        return value


class _Labels(dict):
    shown: list[str]


def _labels(choices) -> _Labels:
    """Every way to write one of ``choices`` → its value."""
    found = _Labels()
    for choice in choices:
        found[_key(choice.value)] = choice.value
        for language in ("th", "en"):
            with override(language):
                found[_key(str(choice.label))] = choice.value
    found.shown = [str(choice.label) for choice in choices]
    return found


def _key(text) -> str:
    return " ".join(str(text).split()).casefold()


def _iso_date(cell: Cell, wrong) -> str:
    """The date in a cell as ISO 8601; "" and a problem reported when there is none."""
    try:
        return read_date(cell.value if cell.is_date else cell.text).isoformat()
    except NotADate as refused:
        wrong("%(why)s", why=explanation(refused))
        return ""
