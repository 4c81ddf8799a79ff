"""Plain text set as HTML: lines as lists, and Thai titles that break between phrases."""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

THAI_LETTER = re.compile(r"[\u0e01-\u0e2e\u0e40-\u0e44]")
NUMBERED = re.compile(r"(\d+)[.)]\s+(.+)")
# Longer lines than this are paragraphs that were parted by one line end.
LONGEST_ITEM = 220


def in_lines(text) -> str:
    """Paragraphs, and lists where a paragraph has several lines: one item a line.

    Editors write one thing a line in a plain field. On a phone every line wraps, and without a mark
    before each nobody sees where one ends. Lines numbered from 1 become a numbered list.
    """
    text = str(text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = re.split(r"\n\s*\n", text) if text else []
    return mark_safe("".join(_paragraph_or_list(part) for part in parts))


def _paragraph_or_list(part: str) -> str:
    lines = [line.strip() for line in part.split("\n") if line.strip()]
    if len(lines) == 1 or max(map(len, lines)) > LONGEST_ITEM:
        return format_html_join("", "<p>{}</p>", ((line,) for line in lines))
    numbered = [NUMBERED.fullmatch(line) for line in lines]
    if all(numbered) and [int(m[1]) for m in numbered] == list(range(1, len(lines) + 1)):
        items = format_html_join("", "<li>{}</li>", ((m[2],) for m in numbered))
        return format_html("<ol>{}</ol>", items)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((x,) for x in lines)))


def in_phrases(text) -> str:
    """A Thai title whose lines break between phrases before they break between words.

    Thai puts a space between phrases, not words; a browser sees only the words and leaves the end
    of a compound alone on the next line. A number or ๆ stays with the phrase before it.
    """
    phrases = []
    for word in str(text or "").split():
        if phrases and THAI_LETTER.search(phrases[-1]) and not THAI_LETTER.search(word):
            phrases[-1] += f" {word}"
        else:
            phrases.append(word)
    return format_html_join(
        " ", "{}", (
            (format_html('<span class="phrase">{}</span>', p) if THAI_LETTER.search(p) else p,)
            for p in phrases
        )
    )
