"""Detects garbled Thai in text extracted from files, and repairs what can be repaired.

No Django here. PDF programs move, double and rename the signs above and below Thai letters. Thai
spelling defines where a sign may stand, so most of that is detected without a dictionary. The
rules ignore the spelling of Pali and minority languages, which is too rare to change a share.
"""

import re
from dataclasses import dataclass

from search.text.thai import clean, is_in_dictionary, words

CONSONANT = "ก-ฮ"
VOWEL = "\u0e31\u0e34-\u0e3a\u0e47\u0e4d"  # signs above and below
TONE = "\u0e48-\u0e4b"
LEADING = "เแโใไ"
THAI = re.compile("[\u0e01-\u0e5b]")
ILLEGAL = re.compile(
    "|".join((
        f"(?<![{CONSONANT}])[{VOWEL}]",
        f"(?<![{CONSONANT}\u0e31\u0e34-\u0e3a\u0e4d])[{TONE}]",
        f"(?<![{CONSONANT}\u0e34\u0e35\u0e38\u0e39])\u0e4c",
        f"(?<![{CONSONANT}{TONE}])[าำ]",
        f"(?<![{CONSONANT}{TONE}าะ])ะ",
        "(?<![ฤฦ])ๅ",
        f"[{LEADING}](?![{CONSONANT}])",
        f"\u0e31(?![{TONE}]?[{CONSONANT}])",
        f"\u0e31[{CONSONANT}][{TONE}]",
    ))
)
PRIVATE = re.compile("[\ue000-\uf8ff]")
LOST = re.compile("[\ufffd\x00-\x08\x0b\x0e-\x1f]")
WESTERN = re.compile("[\u00a1-\u00ff]")
LETTER = re.compile(r"[^\W\d_]")
GARBLED_SHARE = 0.05  # of the signs; good files have less than 0.01
GARBLED_COUNT = 4  # fewer errors may be typing errors in a short text
MIN_WORDS_SHARE = 0.3  # of the letters, in words of the dictionary; names and dialect have 0.86
MIN_LETTERS = 100  # Thai letters; fewer prove nothing
WESTERN_SHARE = 0.4  # of the letters; Vietnamese and French have less than 0.3

# Glyphs that Thai fonts of the nineties kept in the private area: U+F700 to U+F71A in order.
PRIVATE_THAI = {0xF700 + n: letter for n, letter in enumerate(
    "ฐ\u0e34\u0e35\u0e36\u0e37\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e48\u0e49\u0e4a\u0e4b\u0e4cญ"
    "\u0e31\u0e4d\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e38\u0e39\u0e3a"
)}
REPAIRS = [(re.compile(pattern), repl) for pattern, repl in (
    # No word starts with a sign: a program inserted what is between it and its letter.
    (f"(?<=[{CONSONANT}{VOWEL}{TONE}])[ \\t\\r\\n]+(?=[{VOWEL}{TONE}\u0e4cำ])", ""),
    ("เเ", "แ"),
    (f"([{TONE}\u0e4c])([\u0e31\u0e34-\u0e3a])", r"\2\1"),
    (f"([{VOWEL}{TONE}\u0e4c])\\1+", r"\1"),
    (f"\u0e4d([{TONE}]?)[าำ]", r"\1ำ"),
    ("ำ[ำา]+", "ำ"),
    (f"ำ([{TONE}])", r"\1ำ"),
    # The second half of a sara-am, which many PDFs encode as another sign.
    ("ำ[ะ\u0e31\u0e34-\u0e3a\u0e47\u0e4cาๅ]+", "ำ"),
    (f"\u0e31([{CONSONANT}])([{TONE}])", "\u0e31\\2\\1"),  # ครัง้ for ครั้ง
)]
# Many PDFs have a space after every sara-am; no space at all is better for finding words.
AFTER_SARA_AM = re.compile(f"ำ (?=[{CONSONANT}{LEADING}])")
SPACES = re.compile(r"[ \t\u00a0]+")
LINES = re.compile(r"\s*\n\s*\n\s*")


@dataclass(frozen=True)
class Quality:
    """Counts of characters: ``thai`` all Thai ones, ``illegal`` misplaced Thai signs,
    ``private`` of the private use area, ``lost`` replacement and control characters, ``western``
    accented ones. ``share`` is that of wrong ones, 0 to 1."""

    thai: int
    illegal: int
    private: int
    lost: int
    western: int
    letters: int

    @property
    def share(self) -> float:
        wrong = self.illegal + self.private + self.lost
        # Signs are about a third of Thai text; text without Thai counts against its letters.
        return wrong / max(1, (self.thai or self.letters) + self.private + self.lost)

    @property
    def garbled(self) -> bool:
        wrong = self.illegal + self.private + self.lost
        return (wrong >= GARBLED_COUNT and self.share > GARBLED_SHARE) or self.is_mojibake

    @property
    def is_mojibake(self) -> bool:
        """Windows-874 bytes decoded as Western letters: ¡ÅØèÁ for กลุ่ม."""
        return self.western >= 10 and self.western > WESTERN_SHARE * self.letters


def thai_quality(text: str) -> Quality:
    """Count what distinguishes Thai from garbled text; see ``Quality.garbled``."""
    return Quality(
        thai=len(THAI.findall(text)),
        illegal=len(ILLEGAL.findall(text)),
        private=len(PRIVATE.findall(text)),
        lost=len(LOST.findall(text)),
        western=len(WESTERN.findall(text)),
        letters=len(LETTER.findall(text)),
    )


def is_gibberish(text: str) -> bool:
    """Whether the Thai letters form hardly any words: wrong signs in legal positions, as from a PDF
    with a wrong glyph table. Pali in Thai letters has a share of 0.57."""
    found = [word for word in words(text) if THAI.match(word)]
    letters = sum(map(len, found))
    known = sum(len(word) for word in found if is_in_dictionary(word))
    return letters >= MIN_LETTERS and known < MIN_WORDS_SHARE * letters


def lost_characters(text: str) -> int:
    """The number of replacement and control characters, which ``repair`` removes."""
    return len(LOST.findall(text.replace("\x0b", "\n")))


def is_mostly_lost(text: str) -> bool:
    """Whether replacement and control characters are many beside the letters."""
    letters = sum(character.isalpha() for character in text)
    lost = lost_characters(text)
    return lost >= GARBLED_COUNT and lost > GARBLED_SHARE * (letters + lost)


def repair(text: str, *, from_pdf: bool = False) -> str:
    """``text`` with known damage by programs undone, spaces and line ends normalised.

    Nothing is guessed: a change is made only where Thai spelling allows one reading.
    """
    text = _without_mojibake(text).translate(PRIVATE_THAI)
    text = clean(text.replace("\x0b", "\n").replace("\x0c", "\n").replace("\r\n", "\n"))
    for pattern, repl in REPAIRS:
        text = pattern.sub(repl, text)
    text = SPACES.sub(" ", text.replace("\r", "\n"))
    if from_pdf:
        text = AFTER_SARA_AM.sub("ำ", text)
    return LINES.sub("\n\n", text).strip()


def _without_mojibake(text: str) -> str:
    """Decode Western letters as the Thai bytes they were, when the result is Thai."""
    if not thai_quality(text).is_mojibake:
        return text
    raw = b"".join(_western_byte(character) for character in text)
    for encoding in ("utf-8", "cp874"):
        try:
            thai = raw.decode(encoding, "strict" if encoding == "utf-8" else "replace")
        except UnicodeDecodeError:
            continue
        found = thai_quality(thai)
        if found.thai and not found.garbled:
            return thai
    return text


def _western_byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:  # five bytes have no letter in cp1252 and come as control characters
        return bytes([ord(character)]) if ord(character) < 256 else b"?"


def garbled_sample(text: str, characters: int = 160) -> str:
    """An excerpt of ``text`` around the first wrong character."""
    wrong = ILLEGAL.search(text) or PRIVATE.search(text) or LOST.search(text)
    start = max(0, wrong.start() - characters // 3) if wrong else 0
    return " ".join(clean(text)[start : start + characters].split())
