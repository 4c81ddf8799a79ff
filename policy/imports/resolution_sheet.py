"""Reads past resolutions from a spreadsheet and reports the problems of each row.

``read(file, name)`` returns ``(resolutions, problems)``. A resolution is a dict of plain values:
number, title, summary, adopted_on (ISO), adoption, clauses; a clause: number, text, parties
(slugs), channel, due (ISO or ""). A problem is ``(row number in the spreadsheet, message)``.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from hub.files.cell_text import match_key
from hub.files.sheet_reader import Cell, Limits, UnreadableSheet, find_columns, read_sheet
from hub.forms.date_fields import explanation
from hub.thai.dates import NotADate, read_date
from hub.thai.digits import to_arabic
from policy.models import Clause, Party, ResolutionPage

LIMITS = Limits(rows=2000, columns=30)
MAX_LENGTHS = {"number": 20, "title": 255, "summary": 500, "clause": 10, "text": 5000}
# Column → its heading. A sheet may have headings in either language, or both in one cell.
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


def in_both_languages(text) -> dict[str, str]:
    """A translatable string in every language of the hub, by language code."""
    found = {}
    for language in ("th", "en"):
        with override(language):
            found[language] = _(text)
    return found


def read(file, name, existing_numbers=()) -> tuple[list[dict], list[tuple[int, str]]]:
    """The resolutions of the sheet and its problems; numbers must not be in ``existing_numbers``.

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
    parser = _SheetParser(set(existing_numbers))
    is_empty = True
    for row in rows:
        cells = {column: row[place] for column, place in places.items()}
        texts = {column: cell.text for column, cell in cells.items()}
        if any(texts.values()):
            is_empty = False
            parser.add_row(row.number, texts, cells)
    if is_empty:
        raise UnreadableSheet(_("There is no row below the headings."))
    return parser.resolutions, parser.problems


class _SheetParser:
    """Collects resolutions and problems row by row."""

    def __init__(self, existing_numbers):
        self.existing_numbers = existing_numbers
        self.resolutions, self.problems = [], []
        self.by_number = {}
        self.parties = {}
        for party in Party.objects.all():
            for name in (party.slug, party.name_th, party.name_en):
                if name:
                    self.parties[match_key(name)] = party.slug
        self.channels = _labels(Clause.Channel)
        self.adoptions = _labels(ResolutionPage.Adoption)

    def add_row(self, row, texts, cells) -> None:
        def report(message, **values):
            self.problems.append((row, message % values))

        for column, limit in MAX_LENGTHS.items():
            if len(texts.get(column, "")) > limit:
                report(_("“%(column)s” is longer than %(most)s characters."),
                       column=_(HEADINGS[column]), most=limit)
        resolution = self._resolution(row, texts, cells, report)
        clause = {
            "number": to_arabic(texts["clause"]), "text": texts["text"], "due": "",
            "parties": self._parties(texts.get("parties", ""), report),
            "channel": self._choice(
                self.channels, texts.get("channel", ""), "channel", report
            ),
        }
        for column in ("clause", "text"):
            if not texts[column]:
                report(_("“%(column)s” is empty."), column=_(HEADINGS[column]))
        if texts.get("due"):
            clause["due"] = _iso_date("due", cells, report)
        if resolution is None:
            return
        if clause["number"] and clause["number"] in [c["number"] for c in resolution["clauses"]]:
            report(_("Clause %(clause)s stands twice in resolution %(number)s."),
                   clause=clause["number"], number=resolution["number"])
        if clause["due"] and resolution["adopted_on"] and clause["due"] < resolution["adopted_on"]:
            report(_("It is due before it was adopted."))
        resolution["clauses"].append(clause)

    def _resolution(self, row, texts, cells, report) -> dict | None:
        """The resolution of a row; None when it has no number.

        An empty number means the resolution of the row above, as in merged cells.
        """
        number = to_arabic(texts["number"])
        if not number:
            if self.resolutions:
                return self.resolutions[-1]
            report(_("“%(column)s” is empty."), column=_(HEADINGS["number"]))
            return None
        if number in self.by_number:
            self._check_repeated(self.by_number[number], texts, report)
            return self.by_number[number]
        resolution = {
            "number": number, "title": texts["title"], "row": row,
            "summary": texts.get("summary", ""), "adopted_on": "", "clauses": [],
            "adoption": self._choice(
                self.adoptions, texts.get("adoption", ""), "adoption", report
            ) or ResolutionPage.Adoption.CONSENSUS.value,
        }
        self.resolutions.append(resolution)
        self.by_number[number] = resolution
        if number in self.existing_numbers:
            report(_("The assembly has a resolution %(number)s already."), number=number)
        if not texts["title"]:
            report(_("“%(column)s” is empty."), column=_(HEADINGS["title"]))
        if texts["adopted_on"]:
            resolution["adopted_on"] = _iso_date("adopted_on", cells, report)
        else:
            report(_("“%(column)s” is empty."), column=_(HEADINGS["adopted_on"]))
        return resolution

    def _check_repeated(self, resolution, texts, report) -> None:
        """A repeated title must be empty or equal to the first."""
        if texts["title"] and texts["title"] != resolution["title"]:
            report(_("Resolution %(number)s has another title in row %(row)s."),
                   number=resolution["number"], row=resolution["row"])

    def _parties(self, text, report) -> list[str]:
        found = []
        for name in filter(None, (n.strip() for n in text.replace("\n", ";").split(";"))):
            slug = self.parties.get(match_key(name))
            if slug is None:
                report(_("There is no party “%(name)s”. Add it under Follow-up, or write its name "
                         "as it stands there."), name=name[:80])
            elif slug not in found:
                found.append(slug)
        return found

    def _choice(self, labels, text, column, report) -> str:
        if not text:
            return ""
        if (value := labels.get(match_key(text))) is None:
            report(_("“%(text)s” cannot stand under “%(column)s”. Choose from: %(choices)s."),
                   text=text[:40], column=_(HEADINGS[column]),
                   choices=", ".join(dict.fromkeys(labels.shown)))
            return ""
        return value


class _Labels(dict):
    """Spelling → value; ``shown`` are the labels in the active language."""

    shown: list[str]


def _labels(choices) -> _Labels:
    """The labels of ``choices`` in every language, and their values."""
    found = _Labels()
    for choice in choices:
        found[match_key(choice.value)] = choice.value
        for language in ("th", "en"):
            with override(language):
                found[match_key(str(choice.label))] = choice.value
    found.shown = [str(choice.label) for choice in choices]
    return found


def _iso_date(column, cells: dict[str, Cell], report) -> str:
    """The date in a column as ISO 8601; "" when there is none, which is reported."""
    cell = cells[column]
    try:
        return read_date(cell.value if cell.is_date else cell.text).isoformat()
    except NotADate as refused:
        report(_("“%(column)s”: %(problem)s"), column=_(HEADINGS[column]),
               problem=explanation(refused))
        return ""
