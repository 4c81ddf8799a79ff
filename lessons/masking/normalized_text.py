"""A text as the masking rules look at it: one line of what people see, and where its words end.

No Django here.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property

from hub.thai.digits import THAI_DIGITS

INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
                       "\u2060-\u206f\ufe00-\ufe0f\ufeff]")
THAI_RUN = re.compile("[\u0e01-\u0e4e]+")
_REPORTED_SPEECH = re.compile("(?:บอก|เล่า|กล่าว|พูด|ถาม|ตอบ|เห็น|คิด|เชื่อ)ว่า|เล่าให้|บอกให้")


class NormalizedText:
    """A text without invisible characters and with Arabic digits, as the patterns expect it.

    ``original_range`` maps offsets in ``line`` back to offsets in the original text.
    """

    def __init__(self, text: str, segment: Callable[[str], list[str]] | None):
        self.segment = segment
        self._words: dict[str, list[str]] = {}  # of a run
        self.offsets = [i for i, c in enumerate(text) if not INVISIBLE.match(c)]
        self.line = "".join(text[i] for i in self.offsets).translate(THAI_DIGITS)
        self.line = re.sub(r"[^\S\n]", " ", self.line)

    def original_range(self, start: int, end: int) -> tuple[int, int]:
        """(start, end) of ``line[start:end]`` in the original text."""
        return self.offsets[start], self.offsets[end - 1] + 1

    @cached_property
    def word_boundaries(self) -> set[int] | None:
        """Offsets of word boundaries in ``line``; None without a segmenter."""
        if self.segment is None:
            return None
        boundaries, offset = {0}, 0
        for word in self.segment(self.line):
            offset += len(word)
            boundaries.add(offset)
        return boundaries

    def is_word(self, start: int, end: int) -> bool:
        boundaries = self.word_boundaries
        return boundaries is None or (start in boundaries and end in boundaries)

    def is_original_word(self, start: int, end: int) -> bool:
        """Whether ``start`` and ``end`` of the original text are at boundaries of its words."""
        return self.is_word(bisect_left(self.offsets, start), bisect_left(self.offsets, end))

    def word_at(self, start: int) -> str:
        """The word that begins at the boundary ``start``."""
        later = [end for end in self.word_boundaries or () if end > start]
        return self.line[start : min(later, default=len(self.line))]

    def is_word_start(self, start: int) -> bool:
        boundaries = self.word_boundaries
        return boundaries is None or start in boundaries

    def words_from(self, start: int, end: int | None = None) -> list[str]:
        """The words of the Thai run that begins at ``start``, at most up to ``end``; a text
        without a segmenter is one word up to the next space."""
        run = THAI_RUN.match(self.line, start, len(self.line) if end is None else end)
        if not run:
            return []
        if run[0] not in self._words:
            # Found by pattern: the words before it may be segmented in more than one way.
            speech = _REPORTED_SPEECH.search(run[0])
            parts = [run[0][: speech.start()], run[0][speech.start() :]] if speech else [run[0]]
            self._words[run[0]] = [word for part in parts if part for word in (
                self.segment(part) if self.segment else [part])]
        return self._words[run[0]]
