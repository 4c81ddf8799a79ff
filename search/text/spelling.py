"""What was probably meant, when what was typed is found nowhere. No Django here.

A word is known by its *sound*: what is left when tone marks, killed letters' marks and doubled
letters are taken away and letters that sound alike are made one. What was typed is cut anew, by
sound, into words that the index has; the cut with the fewest, most used and least changed words
wins. So ธนาคารปูมา means ธนาคารปูม้า, whichever way a dictionary would have cut it. What makes no
sense at all may have been typed with the keyboard in the other language.
"""

import re
from dataclasses import dataclass
from math import log

from search.text import thai

TONES = "่้๊๋็์"
ALIKE = str.maketrans("ศษณฬฏฎฐฆใีูื", "สสนลตดถคไิุึ")
TO_SOUND = ALIKE | dict.fromkeys(map(ord, TONES))
DOUBLED = re.compile(r"(.)\1+")
KILLED = re.compile("[ก-ฮ][ิุ]?์")  # the silenced letter may have been left out with its mark
SILENT_VOWEL = re.compile("[ิุ]์")  # or the vowel that is silenced with it
LONGEST = 60  # letters of a stretch that is looked into
MOST_WORDS = 60_000  # the most used ones of the index
PER_WORD, PER_CHANGE = 1.0, 0.6
# A Thai (Kedmanee) keyboard and a Latin one (QWERTY), key by key, shift keys after.
LATIN_KEYS = (
    r"1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./"
    r'!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
)
THAI_KEYS = "ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ+๑๒๓๔ู฿๕๖๗๘๙๐\"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ"
TO_THAI = str.maketrans(LATIN_KEYS, THAI_KEYS)
TO_LATIN = str.maketrans(THAI_KEYS, LATIN_KEYS)


@dataclass(frozen=True)
class Correction:
    """``text`` as it was probably meant. ``is_sure``: what was typed is no word by itself."""

    text: str
    is_sure: bool


def sound_of(text: str) -> tuple[str, list[int]]:
    """``text`` by its sound, and for each letter of that where it stands in ``text``."""
    letters, places = [], []
    for place, letter in enumerate(text):
        if letter in TONES:
            continue
        letter = letter.translate(ALIKE)
        if letters and letters[-1] == letter:
            continue
        letters.append(letter)
        places.append(place)
    return "".join(letters), places


def _sound(word) -> str:
    """The same without the places: a whole vocabulary is taken in at once."""
    return DOUBLED.sub(r"\1", word.translate(TO_SOUND))


class Speller:
    """Knows the words of an index: ``counts`` maps each to the number of entries that have it,
    of ``size`` in all."""

    def __init__(self, counts: dict[str, int], size: int = 0):
        self.size = size
        used = sorted(counts.items(), key=lambda pair: -pair[1])[:MOST_WORDS]
        self.counts = dict(used)
        self.by_sound = {}
        for word, _count in used:
            self.by_sound.setdefault(_sound(word), []).append(word)
            for without in {KILLED.sub("", word), SILENT_VOWEL.sub("", word)} - {word}:
                self.by_sound.setdefault(_sound(without), []).append(word)
        self.by_sound.pop("", None)
        self.longest = max(map(len, self.by_sound), default=1)

    def correct(self, text: str) -> Correction | None:
        """What ``text`` means if it is misspelt; None when it is not or nothing comes near."""
        if len(text) > LONGEST * 2:
            return None
        stretches = text.split()
        meant = [self._stretch(stretch) for stretch in stretches]
        if all(meant):
            said = " ".join(word for word, _sure in meant)
            if thai.normalise(said) != thai.normalise(text):
                return Correction(said, any(sure for _word, sure in meant))
        return self._other_keyboard(text)

    def _stretch(self, stretch) -> tuple[str, bool] | None:
        """A stretch as it was meant, and whether it is surely misspelt; None if it is nothing."""
        runs = thai.runs(stretch)
        if not runs:
            return stretch, False
        meant, sure = [], False
        for run in runs:
            if "\u0e00" <= run[0] <= "\u0e7f":
                found = self._by_sound(run)
                if found is None:
                    return None
                sure = sure or ("".join(found) != run and not thai.is_in_dictionary(run))
                meant.append("".join(found))
            else:
                found = run if run in self.counts or run.isdigit() else self._near(run)
                if found is None:
                    return None
                sure = sure or found != run
                meant.append(found)
        return "".join(meant) if len(meant) == 1 else " ".join(meant), sure

    def _by_sound(self, run) -> list[str] | None:
        """The words of the index that sound like ``run``, by the cheapest way of cutting it."""
        sound, places = sound_of(run)
        if not sound or len(sound) > LONGEST:
            return None
        places = [*places, len(run)]
        best = [(0.0, None, "")] + [(float("inf"), None, "")] * len(sound)
        for end in range(1, len(sound) + 1):
            for start in range(max(0, end - self.longest), end):
                cost = best[start][0]
                if cost == float("inf"):
                    continue
                typed = run[places[start] : places[end]]
                for word in self.by_sound.get(sound[start:end], ()):
                    step = cost + PER_WORD + self._change(typed, word) - self._use(word)
                    if step < best[end][0]:
                        best[end] = (step, start, word)
        if best[-1][1] is None:
            return None
        words, end = [], len(sound)
        while end:
            _cost, start, word = best[end]
            words.insert(0, word)
            end = start
        return words

    def _use(self, word) -> float:
        return 0.08 * log(1 + self.counts[word])

    @staticmethod
    def _change(typed, word) -> float:
        return 0.0 if typed == word else PER_CHANGE + 0.15 * distance(typed, word)

    def _near(self, word) -> str | None:
        """The most used Latin word one letter away from ``word``; none for short words."""
        if len(word) < 4:
            return None
        near = [
            known for known in self.counts
            if known.isascii() and abs(len(known) - len(word)) < 2 and distance(known, word) == 1
        ]
        return max(near, key=self.counts.get, default=None)

    def _other_keyboard(self, text) -> Correction | None:
        """``text`` as it would stand had the keyboard been in the other language."""
        table = TO_THAI if text.isascii() else TO_LATIN
        other = thai.canonical(text.translate(table))
        words = thai.words(other)
        if words and all(word in self.counts for word in words):
            return Correction(other, True)
        return None


def distance(first: str, second: str) -> int:
    """How many letters must be put in, left out, changed or swapped with their neighbour."""
    before, previous, row = [], [], list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, previous, row = previous, row, [i]
        for j, b in enumerate(second, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]
