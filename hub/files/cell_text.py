"""Text in the cells of spreadsheets: without characters that nobody sees, and never a formula.

Programs read a cell of a CSV file that begins with ``=``, ``+``, ``-`` or ``@`` as a formula.
Whoever typed it into a form could so make the computer of whoever opens the export fetch an
address or start a program; see OWASP, “CSV Injection”. No Django here.
"""

import re
import unicodedata

# Characters that XML 1.0 does not have, or advises against: people paste them unseen.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
MARK = "'"
TRIGGERS = frozenset("=+-@")
# Programs drop some of these before they look at a cell, so nobody may hide a formula behind them.
IGNORED = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]*"
)
LEADING_CONTROLS = ("\t", "\r", "\n")


def printable(text) -> str:
    """``text`` without the characters that neither XML nor a spreadsheet takes; "" for None."""
    return "" if text is None else UNPRINTABLE.sub("", str(text))


def match_key(text: object) -> str:
    """``text`` as it is compared with other cells: whatever its case and its spaces."""
    return " ".join(str(text).split()).casefold()


def is_formula(text: str) -> bool:
    """Whether a program could take ``text`` for a formula.

    So are full-width and small forms (``＝``, ``﹦``), which programs set to Chinese or Japanese
    take for the plain ones, anything behind spaces or invisible characters, and whatever begins
    with a tab or the end of a line, which may begin a new cell. ``-5`` as a text is one: only
    numbers that are numbers are not.
    """
    if text.startswith(LEADING_CONTROLS):
        return True
    first = text[IGNORED.match(text).end() :][:1]
    return unicodedata.normalize("NFKC", first)[:1] in TRIGGERS if first else False


def guard(text: str) -> str:
    """``text`` with an apostrophe before it where a program could take it for a formula.

    What begins with apostrophes before a formula gets one more, so that ``unguard`` gives back
    exactly what was guarded.
    """
    return f"{MARK}{text}" if is_formula(text.lstrip(MARK)) else text


def unguard(text: str) -> str:
    """``text`` without the apostrophe that ``guard`` set; whatever has none stays as it is."""
    is_marked = text.startswith(MARK) and is_formula(text.lstrip(MARK))
    return text[1:] if is_marked else text
