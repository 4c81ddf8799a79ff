"""Plain text as HTML, escaped: lines as lists, and Thai titles that break between phrases."""

import re
from collections.abc import Iterable
from html import escape

THAI_LETTER = re.compile(r"[\u0e01-\u0e2e\u0e40-\u0e44]")
NUMBERED = re.compile(r"(\d+)[.)]\s+(.+)")
# Longer lines than this are paragraphs that were parted by one line end.
LONGEST_ITEM = 220


def in_lines(text: object) -> str:
    """Paragraphs, and lists where a paragraph has several lines: one item a line.

    Editors write one thing a line in a plain field. On a phone every line wraps, and without a mark
    before each nobody sees where one ends. Lines numbered from 1 become a numbered list.
    """
    text = str(text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = re.split(r"\n\s*\n", text) if text else []
    return "".join(_paragraph_or_list(part) for part in parts)


def _paragraph_or_list(part: str) -> str:
    lines = [line.strip() for line in part.split("\n") if line.strip()]
    if len(lines) == 1 or max(map(len, lines)) > LONGEST_ITEM:
        return "".join(f"<p>{escape(line)}</p>" for line in lines)
    numbered = [match for match in map(NUMBERED.fullmatch, lines) if match]
    if [int(m[1]) for m in numbered] == list(range(1, len(lines) + 1)):
        return f"<ol>{_items(m[2] for m in numbered)}</ol>"
    return f"<ul>{_items(lines)}</ul>"


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def in_phrases(text: object) -> str:
    """A Thai title whose lines break between phrases before they break between words.

    Thai puts a space between phrases, not words; a browser sees only the words and leaves the end
    of a compound alone on the next line. A number or ๆ stays with the phrase before it.
    """
    phrases: list[str] = []
    for word in str(text or "").split():
        if phrases and THAI_LETTER.search(phrases[-1]) and not THAI_LETTER.search(word):
            phrases[-1] += f" {word}"
        else:
            phrases.append(word)
    return " ".join(
        f'<span class="phrase">{escape(phrase)}</span>' if THAI_LETTER.search(phrase)
        else escape(phrase)
        for phrase in phrases
    )
