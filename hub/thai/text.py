"""Text as people type it: without what nobody sees, in one spelling, its letters counted.

Browsers, phones and office programs send more than what stands on the screen: characters of no
width between words, marks that turn the direction of what follows, NUL; and Thai can be typed in
several orders that look the same. ``typed`` turns both into what the person meant.
"""

import re
import unicodedata

THAI_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # signs above and below a letter
_TONES = "\u0e48-\u0e4b"
_VOWELS = "\u0e31\u0e34-\u0e3a"

# Not seen, or seen as a blank although Unicode calls them letters or symbols.
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_JOINERS = "\u200b-\u200f\u2060-\u206f\ufeff\u00ad\u061c\u180e\ufff9-\ufffb"
_DIRECTIONS = "\u202a-\u202e"
_IN_EMOJI = "\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0001\U000e0100-\U000e01ef"
_LOST = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_UNSEEN = re.compile(f"[{_BLANKS}{_CONTROLS}{_JOINERS}{_DIRECTIONS}{_IN_EMOJI}{_LOST}]+")
# Emoji that are joined (a family), coloured (a variation selector) or spelled out (the flag of
# Wales): here alone an unseen character is part of what people see.
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_PRESENTED = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]{0,2}"
_EMOJI = re.compile(
    f"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    f"|[0-9#*]\ufe0f?\u20e3"
    f"|{_PICTURE}{_PRESENTED}(?:\u200d{_PICTURE}{_PRESENTED})*"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MARKS = f"[{THAI_MARKS}\u0300-\u036f]*"
_OUT_OF_ORDER = re.compile(  # from where a run of marks begins: else its time is quadratic
    f"(?<![{THAI_MARKS}\u0300-\u036f]){_MARKS}"
    f"(?:[{_TONES}\u0e4c][{_VOWELS}]|([{THAI_MARKS}])\\1){_MARKS}"
)
# Sara-am, whole or as a circle and a sara-aa, however often, with the tones around it.
_SARA_AM = re.compile(
    f"(?<![{_TONES}])(?:[{_TONES}]*(?:\u0e33|\u0e4d[{_TONES}]*\u0e32))+[{_TONES}]*"
)


def without_unseen(text: str) -> str:
    """``text`` without what nobody sees: characters of no width, those that turn the direction,
    NUL and other controls, lone surrogates. Joiners within emoji stay; line ends become ``\\n``.
    """
    text = _LINE_ENDS.sub("\n", text)
    if not _UNSEEN.search(text):
        return text
    kept: list[str] = []
    last = 0
    for emoji in _EMOJI.finditer(text):
        kept += [_UNSEEN.sub("", text[last : emoji.start()]), emoji[0]]
        last = emoji.end()
    return "".join([*kept, _UNSEEN.sub("", text[last:])])


def composed(text: str) -> str:
    """``text`` in one spelling for what looks the same, still as it is read.

    NFC; sara-am in one character and once, its tone before it; two sara-e as sara-ae; of the marks
    on a letter vowels first and each once.
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\u0e40\u0e40", "\u0e41")
    text = _OUT_OF_ORDER.sub(_in_order, text)
    text = _SARA_AM.sub(_sara_am, text)
    text = _OUT_OF_ORDER.sub(_in_order, text)  # of tones that a sara-am had behind it
    return unicodedata.normalize("NFC", text)


def _in_order(found: re.Match[str]) -> str:
    """The marks on one letter, each once: vowels, other signs, tones, the sign of silence, and
    marks of other scripts."""
    return "".join(dict.fromkeys(sorted(found[0], key=_rank)))


def _sara_am(found: re.Match[str]) -> str:
    """Its tones, then itself in one character."""
    return re.sub(f"[^{_TONES}]", "", found[0]) + "\u0e33"


def _rank(mark: str) -> int:
    if mark < "\u0e00":
        return 5
    if "\u0e48" <= mark <= "\u0e4b":
        return 3
    if mark == "\u0e4c":
        return 4
    if mark == "\u0e3a":  # first, as NFC has it
        return 0
    return 2 if mark in "\u0e47\u0e4d\u0e4e" else 1


def typed(text: str) -> str:
    """``text`` as it is kept: nothing unseen, one spelling, no space around it.

    Empty when nothing is left that a reader would see: spaces, and marks without a letter, are
    nothing.
    """
    text = composed(without_unseen(text)).strip()
    return text if has_letters(text) else ""


def has_letters(text: str) -> bool:
    """Whether a reader would see something: a letter, figure or sign, not marks and spaces only."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def letters(text: str) -> int:
    """How many letters people count in ``text``: น้ำ is one, ที่ is one, a family emoji is one."""
    return len(letters_of(text))


def letters_of(text: str) -> list[str]:
    """``text`` cut between what people see as letters, each with its marks; joined, it is the same.

    Extended grapheme clusters (Unicode annex 29), which in Thai take sara-am to the letter before.
    Syllables of other scripts that Unicode joins by rules of their own may count as several.
    """
    found: list[str] = []
    for character in text:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _continues(before: str, character: str) -> bool:
    if character == "\n":
        return before == "\r"
    if before in ("\r", "\n"):
        return False
    if before[-1] == "\u200d":
        return _PICTURE_LETTER.match(character) is not None
    if _REGIONAL.match(character):
        return _REGIONAL.fullmatch(before) is not None
    return (
        character == "\u0e33" or character == "\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
        or unicodedata.category(character)[0] == "M"
    )


_PICTURE_LETTER = re.compile(_PICTURE)
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
