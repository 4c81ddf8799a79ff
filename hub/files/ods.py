"""Rows of an ODS spreadsheet, as LibreOffice saves it. No Django here.

Source: Open Document Format for Office Applications 1.2, part 1, chapters 9 (tables) and 19.
"""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime

from defusedxml.ElementTree import iterparse

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")  # covered: merged into another
NUMBERS = ("float", "currency", "percentage")


def rows(file, max_columns: int, max_rows: int) -> Iterator[tuple[str, int, list]]:
    """(name of the sheet, number of the row from 1, values) of the first sheet that is not hidden.

    A value is a str, float, bool, date, datetime or None, at most ``max_columns`` of a row; reading
    ends at row ``max_rows``. Raises whatever zipfile, the XML parser or a malformed value leads to;
    declarations of entities are refused.
    """
    with zipfile.ZipFile(file) as archive, archive.open("content.xml") as content:
        hidden_styles, style, sheet, number = set(), None, None, 0
        for event, element in iterparse(content, ("start", "end"), forbid_dtd=True):
            if event == "start":
                if element.tag == f"{STYLE}style":
                    style = element.get(f"{STYLE}name")
                elif element.tag == f"{STYLE}table-properties":
                    if element.get(f"{TABLE}display") == "false":
                        hidden_styles.add(style)
                elif element.tag == f"{TABLE}table":
                    is_hidden = element.get(f"{TABLE}style-name") in hidden_styles
                    sheet = sheet if sheet is not None or is_hidden else element
            elif element is sheet:
                return
            elif element.tag == f"{TABLE}table-row":
                if sheet is not None:
                    values = _values(element, max_columns)
                    for _repeat in range(_repeats(element, "rows", max_rows - number)):
                        number += 1
                        yield sheet.get(f"{TABLE}name", ""), number, values
                    if number == max_rows:
                        return
                element.clear()


def _repeats(element, what, most) -> int:
    """How often ``element`` stands: once, or as often as it says, at most ``most`` times."""
    return min(int(element.get(f"{TABLE}number-{what}-repeated", "1")), most)


def _values(row, most) -> list:
    values = []
    for cell in row:
        if cell.tag in CELLS:
            values += [_value(cell)] * _repeats(cell, "columns", most - len(values))
    return values


def _value(cell):
    kind = cell.get(f"{OFFICE}value-type")
    if kind in NUMBERS:
        return float(cell.get(f"{OFFICE}value"))
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    if kind == "date":
        said = cell.get(f"{OFFICE}date-value")
        return datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)
    paragraphs = cell.findall(f"{TEXT}p")  # not those of a note, which lie deeper
    return "\n".join(map(_text, paragraphs)) or None


def _text(element) -> str:
    """The text of a paragraph, with the spaces, tabs and line ends that ODF writes as elements."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == f"{TEXT}s":
            pieces.append(" " * _spaces(child))
        elif child.tag == f"{TEXT}tab":
            pieces.append("\t")
        elif child.tag == f"{TEXT}line-break":
            pieces.append("\n")
        else:
            pieces.append(_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _spaces(element) -> int:
    return min(int(element.get(f"{TEXT}c", "1")), 1000)
