"""Spelling correction for searches without results. No Django here.

Words are compared by a *sound key*: tone marks, marks of silenced letters and doubled letters are
removed and letters that sound alike are unified. What was typed is segmented again, by sound, into
words of the index; the segmentation with the fewest, most frequent and least changed words wins.
So ธนาคารปูมา is corrected to ธนาคารปูม้า, however a dictionary segments it. What has no such
segmentation may have been typed with the keyboard in the other language.
"""

import re
from dataclasses import dataclass
from math import inf, log

from search.text import thai

TONES = "่้๊๋็์"
SAME_SOUND = str.maketrans("ศษณฬฏฎฐฆใีูื", "สสนลตดถคไิุึ")
TO_SOUND = SAME_SOUND | dict.fromkeys(map(ord, TONES))
DOUBLED = re.compile(r"(.)\1+")
SILENCED_LETTER = re.compile("[ก-ฮ][ิุ]?์")  # may be left out with its mark
SILENCED_VOWEL = re.compile("[ิุ]์")  # may be left out too
MAX_LENGTH = 60  # letters of a run that is corrected
MAX_WORDS = 60_000  # the most frequent ones of the index
WORD_COST, CHANGE_COST = 1.0, 0.6
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
    """``text`` as it was probably meant. ``is_sure``: what was typed is not in the dictionary."""

    text: str
    is_sure: bool


def sound_key(text: str) -> tuple[str, list[int]]:
    """The sound key of ``text``, and the position in ``text`` of each letter of it."""
    letters: list[str] = []
    positions: list[int] = []
    for position, letter in enumerate(text):
        if letter in TONES:
            continue
        letter = letter.translate(SAME_SOUND)
        if letters and letters[-1] == letter:
            continue
        letters.append(letter)
        positions.append(position)
    return "".join(letters), positions


def _sound(word: str) -> str:
    """The sound key alone, faster: it is computed for every word of the index."""
    return DOUBLED.sub(r"\1", word.translate(TO_SOUND))


class Speller:
    """Corrects by the words of an index: ``counts`` maps each to the number of entries with it,
    of ``size`` in all."""

    def __init__(self, counts: dict[str, int], size: int = 0):
        self.size = size
        frequent = sorted(counts.items(), key=lambda pair: -pair[1])[:MAX_WORDS]
        self.counts = dict(frequent)
        self.by_sound: dict[str, list[str]] = {}
        for word, _count in frequent:
            self.by_sound.setdefault(_sound(word), []).append(word)
            for without in {SILENCED_LETTER.sub("", word), SILENCED_VOWEL.sub("", word)} - {word}:
                self.by_sound.setdefault(_sound(without), []).append(word)
        self.by_sound.pop("", None)
        self.longest = max(map(len, self.by_sound), default=1)

    def correct(self, text: str) -> Correction | None:
        """The correction of a misspelt ``text``; None when it is correct or nothing is near."""
        if len(text) > MAX_LENGTH * 2:
            return None
        tokens = text.split()
        corrections = [found for token in tokens if (found := self._correct_token(token))]
        if len(corrections) == len(tokens):
            corrected = " ".join(token for token, _sure in corrections)
            if thai.normalise(corrected) != thai.normalise(text):
                return Correction(corrected, any(sure for _token, sure in corrections))
        return self._other_keyboard(text)

    def _correct_token(self, token: str) -> tuple[str, bool] | None:
        """A token as it was meant, and whether it is surely misspelt; None if nothing is near."""
        runs = thai.runs(token)
        if not runs:
            return token, False
        corrected: list[str] = []
        sure = False
        for run in runs:
            if thai.is_thai(run):
                words = self._by_sound(run)
                if words is None:
                    return None
                corrected.append("".join(words))
                sure = sure or (corrected[-1] != run and not thai.is_in_dictionary(run))
            else:
                found = run if run in self.counts or run.isdigit() else self._near(run)
                if found is None:
                    return None
                sure = sure or found != run
                corrected.append(found)
        return " ".join(corrected), sure

    def _by_sound(self, run: str) -> list[str] | None:
        """The words of the index that sound like ``run``, by its cheapest segmentation."""
        sound, positions = sound_key(run)
        if not sound or len(sound) > MAX_LENGTH:
            return None
        positions = [*positions, len(run)]
        # By end: the cost of the best words up to it, where the last of them starts, and it.
        best: list[tuple[float, int, str]] = [(0.0, 0, "")] + [(inf, 0, "")] * len(sound)
        for end in range(1, len(sound) + 1):
            for start in range(max(0, end - self.longest), end):
                cost = best[start][0]
                if cost == inf:
                    continue
                typed = run[positions[start] : positions[end]]
                for word in self.by_sound.get(sound[start:end], ()):
                    step = cost + WORD_COST
                    step += self._change_cost(typed, word) - self._frequency_bonus(word)
                    if step < best[end][0]:
                        best[end] = (step, start, word)
        if best[-1][0] == inf:
            return None
        words: list[str] = []
        end = len(sound)
        while end:
            _cost, start, word = best[end]
            words.insert(0, word)
            end = start
        return words

    def _frequency_bonus(self, word: str) -> float:
        return 0.08 * log(1 + self.counts[word])

    @staticmethod
    def _change_cost(typed: str, word: str) -> float:
        return 0.0 if typed == word else CHANGE_COST + 0.15 * distance(typed, word)

    def _near(self, word: str) -> str | None:
        """The most frequent Latin word one letter away from ``word``; none for short words."""
        if len(word) < 4:
            return None
        near = [
            known for known in self.counts
            if known.isascii() and abs(len(known) - len(word)) < 2 and distance(known, word) == 1
        ]
        return max(near, key=self.counts.__getitem__, default=None)

    def _other_keyboard(self, text: str) -> Correction | None:
        """``text`` as typed with the keyboard in the other language, if the index has its words."""
        table = TO_THAI if text.isascii() else TO_LATIN
        other = thai.canonical(text.translate(table))
        words = thai.words(other)
        if words and all(word in self.counts for word in words):
            return Correction(other, True)
        return None


def distance(first: str, second: str) -> int:
    """The Damerau-Levenshtein distance (optimal string alignment)."""
    before: list[int] = []
    previous: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, previous, row = previous, row, [i]
        for j, b in enumerate(second, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]
