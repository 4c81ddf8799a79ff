"""Whether text read out of a file is Thai that a person wrote, and mending what can be mended.

No Django here. PDF programs move, double and rename the signs above and below Thai letters. Thai
spelling says where a sign may stand, so most of that shows without a dictionary. The rules leave
out what Pali and minority languages write, which is too rare to tip a share.
"""

import re
from dataclasses import dataclass

from search.text.thai import clean, is_in_dictionary, words

CONSONANT = "ก-ฮ"
VOWEL = "\u0e31\u0e34-\u0e3a\u0e47\u0e4d"  # signs above and below
TONE = "\u0e48-\u0e4b"
LEADING = "เแโใไ"
FOLLOWING = "ะาำๅ"
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
GARBLED_SHARE = 0.05  # of the signs; what readers get from good files stays under 0.01
GARBLED_COUNT = 4  # a slip or two in a short text is not garbling
WORDS_SHARE = 0.3  # of the letters, in words of the dictionary; names and dialect have 0.86
WORDS_FROM = 100  # Thai letters; fewer do not tell
WESTERN_SHARE = 0.4  # of the letters; Vietnamese and French stay under 0.3

# Glyphs that Thai fonts of the nineties kept in the private area: U+F700 to U+F71A in order.
PRIVATE_THAI = {0xF700 + n: letter for n, letter in enumerate(
    "ฐ\u0e34\u0e35\u0e36\u0e37\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e48\u0e49\u0e4a\u0e4b\u0e4cญ"
    "\u0e31\u0e4d\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e38\u0e39\u0e3a"
)}
MENDING = [(re.compile(pattern), repl) for pattern, repl in (
    # Nothing starts with a sign: what stands between it and its letter was put in by a program.
    (f"(?<=[{CONSONANT}{VOWEL}{TONE}])[ \\t\\r\\n]+(?=[{VOWEL}{TONE}\u0e4cำ])", ""),
    ("เเ", "แ"),
    (f"([{TONE}\u0e4c])([\u0e31\u0e34-\u0e3a])", r"\2\1"),
    (f"([{VOWEL}{TONE}\u0e4c])\\1+", r"\1"),
    (f"\u0e4d([{TONE}]?)[าำ]", r"\1ำ"),
    ("ำ[ำา]+", "ำ"),
    (f"ำ([{TONE}])", r"\1ำ"),
    # The second half of a sara-am, which many PDFs name after some other sign.
    ("ำ[ะ\u0e31\u0e34-\u0e3a\u0e47\u0e4cาๅ]+", "ำ"),
    (f"\u0e31([{CONSONANT}])([{TONE}])", "\u0e31\\2\\1"),  # ครัง้ for ครั้ง
)]
# Many PDFs have a space after every sara-am; no space at all is better for finding words.
AFTER_SARA_AM = re.compile(f"ำ (?=[{CONSONANT}{LEADING}])")
SPACES = re.compile(r"[ \t\u00a0]+")
LINES = re.compile(r"\s*\n\s*\n\s*")


@dataclass(frozen=True)
class Quality:
    """Counts of characters: ``thai`` all Thai ones, ``illegal`` Thai signs that cannot stand
    where they do, ``private`` of the private use area, ``lost`` replacement and control
    characters, ``western`` accented ones. ``share`` of what is wrong, 0 to 1."""

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
        return (wrong >= GARBLED_COUNT and self.share > GARBLED_SHARE) or self.western_for_thai

    @property
    def western_for_thai(self) -> bool:
        """Windows-874 bytes shown as Western letters: ¡ÅØèÁ for กลุ่ม."""
        return self.western >= 10 and self.western > WESTERN_SHARE * self.letters


def thai_quality(text: str) -> Quality:
    """Count what tells written Thai from garbled; see ``Quality.garbled``."""
    return Quality(
        thai=len(THAI.findall(text)),
        illegal=len(ILLEGAL.findall(text)),
        private=len(PRIVATE.findall(text)),
        lost=len(LOST.findall(text)),
        western=len(WESTERN.findall(text)),
        letters=len(LETTER.findall(text)),
    )


def is_no_language(text: str) -> bool:
    """Whether Thai letters make hardly a word: signs where signs may stand, but the wrong ones,
    as from a PDF that names its glyphs in another order. Pali in Thai letters has 0.57."""
    found = [word for word in words(text) if THAI.match(word)]
    letters = sum(map(len, found))
    known = sum(len(word) for word in found if is_in_dictionary(word))
    return letters >= WORDS_FROM and known < WORDS_SHARE * letters


def lost_in(text: str) -> int:
    """Characters that stand for none: what ``repair`` takes out, but which tells of garbling."""
    return len(LOST.findall(text.replace("\x0b", "\n")))


def repair(text: str, *, from_pdf: bool = False) -> str:
    """``text`` with what programs are known to do to Thai undone, spaces and lines tidied.

    Nothing is guessed: a change is made only where Thai spelling allows one reading.
    """
    text = _from_western(text).translate(PRIVATE_THAI)
    text = clean(text.replace("\x0b", "\n").replace("\x0c", "\n").replace("\r\n", "\n"))
    for pattern, repl in MENDING:
        text = pattern.sub(repl, text)
    text = SPACES.sub(" ", text.replace("\r", "\n"))
    if from_pdf:
        text = AFTER_SARA_AM.sub("ำ", text)
    return LINES.sub("\n\n", text).strip()


def _from_western(text) -> str:
    """Undo Thai bytes shown as Western letters, when what comes out is Thai."""
    if not thai_quality(text).western_for_thai:
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


def _western_byte(character) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:  # five bytes have no letter there and pass as control characters
        return bytes([ord(character)]) if ord(character) < 256 else b"?"


def sample_of(text: str, characters: int = 160) -> str:
    """A stretch of ``text`` around the first thing that is wrong in it."""
    wrong = ILLEGAL.search(text) or PRIVATE.search(text) or LOST.search(text)
    start = max(0, wrong.start() - characters // 3) if wrong else 0
    return " ".join(clean(text)[start : start + characters].split())
