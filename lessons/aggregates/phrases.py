"""Phrases that texts have in common. No Django here."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice

MAX_PHRASE_WORDS = 5
MAX_PHRASES = 12
STOP_WORDS = frozenset(
    "การ ความ ที่ ซึ่ง อัน และ หรือ แต่ ของ ใน บน จาก ถึง ต่อ ให้ ได้ ว่า เป็น คือ มี อยู่ ไป มา แล้ว ก็ จะ ด้วย โดย "
    "นั้น นี้ ไว้ ๆ เรา เขา กัน ไม่ ทุก คน ต้อง จึง เมื่อ ถ้า เพราะ ก่อน หลัง ทำ ทั้ง อีก ขึ้น ลง เอง ละ หนึ่ง "
    "คิด ตั้ง เริ่ม ตก "
    "the a an of in on at to for and or is are was were we they it that this not with by from as "
    "be had have has but so all before after when if must every one".split()
)


def phrases(words: Iterable[str]) -> set[str]:
    """Runs of up to ``MAX_PHRASE_WORDS`` of ``words``, casefolded; none with digits.

    ``words`` are the segmented words of a text, spaces included.
    """
    words = [word.casefold() for word in words]
    found = set()
    for size in range(1, MAX_PHRASE_WORDS + 1):
        for start in range(len(words)):
            run = _run(words, start, size)
            if run and run[0] not in STOP_WORDS and run[-1] not in STOP_WORDS:
                found.add("".join(w for w in run if w) if _is_thai(run) else " ".join(run))
    return found


def _run(words, start, size) -> list[str]:
    """``size`` words from ``start`` with at most spaces in between; empty if there are not."""
    run = []
    for word in islice(words, start, None):
        if len(run) == size:
            break
        if word == " " and run and not _is_thai(run):
            continue
        if not word.strip() or not all(c.isalpha() or "\u0e31" <= c <= "\u0e4e" for c in word):
            return []
        run.append(word)
    return run if len(run) == size and all(len(word) > 1 for word in run) else []


def _is_thai(run) -> bool:
    return "\u0e00" <= run[0][0] <= "\u0e7f"


def common_phrases(sources: dict[str, set], minimum: int) -> list[str]:
    """Phrases with at least ``minimum`` sources, the most common first.

    ``sources`` maps each phrase to the set of its sources. A phrase within a longer one is left out
    unless it has more sources than the longer one.
    """
    counts = Counter({phrase: len(found) for phrase, found in sources.items()
                      if len(found) >= minimum})
    kept = [
        phrase for phrase in counts
        if not any(phrase != longer and phrase in longer and counts[longer] >= counts[phrase]
                   for longer in counts)
    ]
    # Alphabetical among equals: the order must not reveal the order of lessons.
    return sorted(kept, key=lambda phrase: (-counts[phrase], phrase))[:MAX_PHRASES]
