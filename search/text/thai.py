"""Thai text for search: how it is normalised and where its words end. No Django here.

Segmentation is maximal matching over a dictionary within character clusters
("newmm", PyThaiNLP's algorithm) by nlpo3, which is the same in Rust; docs/decisions/
0003-search-engine.md has the comparison.
"""

import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from threading import Lock

from hub.thai.digits import THAI_DIGITS
from hub.thai.text import THAI_MARKS, composed

THAI_DIGIT = re.compile("[๐-๙]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
TOKEN = re.compile(r"[\u0e00-\u0e7f]+|[^\W_\u0e00-\u0e7f]+(?:['’.][^\W_\u0e00-\u0e7f]+)*%?")
ABBREVIATION = re.compile(r"(?:[ก-ฮ]{1,3}\.)+[ก-ฮ]{1,3}(?:\.|(?![\u0e00-\u0e7f.]))")
# One leading vowel with its consonant, marks and following vowel: what a reader sees as one.
CLUSTER = re.compile(
    r"[เแโใไ]?[ก-ฮ](?:[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])*(?:ๅ|ะ|า|ำ)?(?:ะ)?|[^\s]"
)
NOT_FIRST = re.compile(f"[{THAI_MARKS}ะาำๅ]")  # belongs to the letter before it
SHORTEST_COMPOUND = 4  # letters
LONGEST_RUN = 400  # characters segmented at once: newmm's time grows with ambiguous length
STOP_WORDS = frozenset(
    "การ ความ ที่ ซึ่ง อัน และ หรือ แต่ ของ ใน บน จาก ถึง ต่อ ให้ ได้ ว่า เป็น คือ มี อยู่ ไป มา แล้ว ก็ จะ "
    "ด้วย โดย นั้น นี้ ไว้ อะไร อย่างไร ยังไง ทำไม เท่าไร เท่าไหร่ ไหน ใคร เมื่อไร เมื่อไหร่ "
    "ไหม มั้ย บ้าง ครับ ค่ะ คะ ๆ "
    "the a an of in on at to for and or is are was were what who how when where why which".split()
)
QUESTION_WORDS = frozenset(
    "อะไร อย่างไร ยังไง ทำไม เท่าไร เท่าไหร่ ไหน ใคร เมื่อไร เมื่อไหร่ ไหม มั้ย หรือไม่ หรือเปล่า กี่ ใด "
    "what who how when where why which".split()
)


def clean(text: str) -> str:
    """``text`` without what no database or index accepts: NUL, controls, lone surrogates."""
    return UNREADABLE.sub(" ", INVISIBLE.sub("", text))


def canonical(text: str) -> str:
    """``text`` in one spelling for what looks the same, still fit to be read."""
    return composed(clean(text))


def normalise(text: str) -> str:
    """``text`` as it is compared: canonical, Thai digits as Arabic, case folded."""
    text = canonical(text).casefold()
    # Few texts have Thai digits, and looking for one is much cheaper than translating.
    return text.translate(THAI_DIGITS) if THAI_DIGIT.search(text) else text


class _Segmenter:
    """nlpo3's dictionary with the custom words, loaded when the first Thai run is segmented."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.segment: Callable[[str], list[str]] | None = None
        self.known: frozenset[str] = frozenset()  # the words of the dictionary that was loaded
        self.custom: frozenset[str] = frozenset()
        self.loaded = 0  # nlpo3 cannot replace a dictionary, so each load gets its own name

    def set_custom_words(self, words: Collection[str]) -> bool:
        """Whether ``words`` differ from the custom words until now."""
        if words is self.custom:  # called before every search
            return False
        with self.lock:
            changed = self.custom != frozenset(words)
            self.custom = frozenset(words)
            if changed:
                self.segment = None
            return changed

    def load(self) -> Callable[[str], list[str]]:
        """The function that segments a run of Thai by the current dictionary."""
        with self.lock:
            if self.segment is None:
                # heavy: a process that segments nothing loads neither library nor dictionary
                from nlpo3 import load_dict, segment

                self.loaded += 1
                name = f"hub-{self.loaded}"
                self.known = _dictionary_words() | {normalise(word) for word in self.custom}
                with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
                    file.write("\n".join(sorted(self.known)))
                    file.flush()
                    load_dict(file.name, name)
                # nlpo3's safe mode loses letters of runs over about 140 characters (1.4.0), so
                # the time is bounded by LONGEST_RUN instead.
                self.segment = lambda run: segment(run, name, safe=False, parallel=False)
            return self.segment


_segmenter = _Segmenter()


def set_custom_words(words: Collection[str]) -> None:
    """Replace the custom words, which are kept whole, by ``words``.

    Text indexed before keeps its old segmentation until ``search.index.glossary`` has the pages
    indexed again that contain a word which came or went.
    """
    if _segmenter.set_custom_words(words):
        _segment_cached.cache_clear()
        parts.cache_clear()


def is_in_dictionary(word: str) -> bool:
    """Whether ``word`` is one without being a custom word."""
    return normalise(word) in _dictionary_words()


@lru_cache(maxsize=1)
def _dictionary_words() -> frozenset[str]:
    """PyThaiNLP's word list (CC0), normalised, without empty lines."""
    words = files("pythainlp.corpus").joinpath("words_th.txt").read_text("utf-8").split("\n")
    return frozenset(normalise(word.strip()) for word in words if word.strip())


def is_thai(run: str) -> bool:
    """Whether a run, as of ``runs``, is of Thai letters."""
    return "\u0e00" <= run[0] <= "\u0e7f"


def _pieces(run: str) -> Iterator[str]:
    """``run`` in pieces of at most LONGEST_RUN characters, split before a letter, not a mark."""
    while len(run) > LONGEST_RUN:
        end = LONGEST_RUN
        while end > LONGEST_RUN - 10 and (NOT_FIRST.match(run[end]) or run[end - 1] in "เแโใไ"):
            end -= 1
        yield run[:end]
        run = run[end:]
    yield run


@lru_cache(maxsize=20_000)
def _segment_cached(run: str) -> tuple[str, ...]:
    """The words of a run of Thai letters."""
    return tuple(word for word in segment(run) if word.strip())


def segment(run: str) -> list[str]:
    """A run of Thai split between its words, where a line may break; joined, it is the same."""
    segment_piece = _segmenter.load()
    words: list[str] = []
    for piece in _pieces(run):
        words.extend(segment_piece(piece))
    return words


def tokens(text: str) -> list[str]:
    """``text`` split into words and what is between them; joined, it is the same."""
    found: list[str] = []
    last = 0
    for match in TOKEN.finditer(text):
        if match.start() > last:
            found.append(text[last : match.start()])
        run = match[0]
        found.extend(segment(run) if "\u0e00" <= run[0] <= "\u0e7f" else [run])
        last = match.end()
    return found + [text[last:]] if last < len(text) else found


def runs(text: str) -> list[str]:
    """The unbroken runs of letters of ``text``, normalised; an abbreviation is one: รพ.สต."""
    text = ABBREVIATION.sub(lambda m: m[0].replace(".", "") + " ", normalise(text))
    return TOKEN.findall(text)


def words(text: str) -> list[str]:
    """The words of ``text`` in order, normalised; punctuation and spaces left out."""
    found: list[str] = []
    for run in runs(text):
        if "\u0e00" <= run[0] <= "\u0e7f":
            found.extend(w for w in _segment_cached(run) if w not in ("ๆ", "ฯ"))
        else:
            found.append(run.replace("’", "'"))
    return found


@lru_cache(maxsize=100_000)
def parts(word: str) -> tuple[str, ...]:
    """The shorter words that together make up ``word``, in order: ถังขยะ → ถัง, ขยะ.

    The fewest dictionary words of two letters or more, and their parts in turn; all splits when
    several have the fewest. So กันและกัน has กัน, but ตาก has no ตา. In a word of four letters no
    part begins with a bare consonant, which more likely ends the part before: นายก has no นา.
    A percentage has its number.
    """
    if word.endswith("%"):
        return (word[:-1],)
    if len(word) < SHORTEST_COMPOUND or not "\u0e00" <= word[0] <= "\u0e7f":
        return ()
    _segmenter.load()
    return tuple(
        found for piece in _cover(word, _segmenter.known) for found in (piece, *parts(piece))
    )


def is_compound(word: str) -> bool:
    """Whether ``word`` consists of dictionary words; if not, it would be segmented wrongly."""
    return bool(_cover(normalise(word), _dictionary_words()))


def _cover(word: str, known: frozenset[str]) -> list[str]:
    """The fewest words of ``known`` that make up ``word``, in order; all splits with that many."""
    ends = [0]
    for cluster in clusters(word):
        ends.append(ends[-1] + len(cluster))
    pieces = [
        (start, end) for i, start in enumerate(ends) for end in ends[i + 1 :]
        if 2 <= end - start < len(word) and word[start:end] in known
        and not (len(word) == SHORTEST_COMPOUND and start and start + 1 in ends)
    ]
    fewest = {0: 0}  # position → words before it
    for start, end in pieces:  # ordered by start
        if start in fewest:
            fewest[end] = min(fewest.get(end, len(word)), fewest[start] + 1)
    on_shortest = {len(word)}
    found: list[str] = []
    for start, end in reversed(pieces):
        if end in on_shortest and end in fewest and fewest.get(start) == fewest[end] - 1:
            on_shortest.add(start)
            found.insert(0, word[start:end])
    return found


def join(words: Iterable[str]) -> str:
    """Words as they are written: Thai without spaces, other scripts with."""
    text = ""
    for word in words:
        needs_space = text and not (is_thai(word) and is_thai(text[-1]))
        text += f" {word}" if needs_space else word
    return text


def clusters(text: str) -> list[str]:
    """Character clusters of a run of Thai: a consonant with the signs around it."""
    return CLUSTER.findall(text)


def cluster_tokens(text: str) -> list[str]:
    """``text`` as character clusters, words of other scripts whole: a string's tokens stand in
    the same order wherever the string occurs, inside a compound too."""
    found: list[str] = []
    for match in TOKEN.finditer(normalise(text)):
        run = match[0]
        found.extend(clusters(run) if "\u0e00" <= run[0] <= "\u0e7f" else [run])
    return found


def pairs(tokens: Iterable[str]) -> list[str]:
    """Each of ``cluster_tokens`` with the next: a string is a phrase of its pairs, and far fewer
    places in an index hold a pair than hold a cluster."""
    return [f"{first}|{second}" for first, second in pairwise(tokens)]


def grams(text: str, size: int = 3) -> list[str]:
    """Overlapping runs of ``size`` clusters within each unbroken Thai run of ``text``.

    They find the parts of compounds that the dictionary keeps whole (ขยะ in ถังขยะ). A run
    shorter than ``size`` is one gram.
    """
    found: list[str] = []
    for match in TOKEN.finditer(normalise(text)):
        run = match[0]
        if not "\u0e00" <= run[0] <= "\u0e7f":
            continue
        parts = clusters(run)
        if len(parts) <= size:
            found.append("".join(parts))
        else:
            found.extend("".join(parts[i : i + size]) for i in range(len(parts) - size + 1))
    return found
