"""The best of a question's hits, looked at once more: where do its words stand together?

BM25 counts words wherever they stand. An answer has the rare words of its question close to each
other, so the first hits are ranked anew by both. Measured in docs/decisions/
0003-search-engine.md. No Django here.
"""

from math import log

from search.passages import best_window, lowered

DEPTH = 20  # hits that are looked at
TOGETHER = 400  # characters
WEIGHT = 2.0  # of the rarity of the words that stand together, beside the engine's score


def rarity(count: int, size: int) -> float:
    """BM25's inverse document frequency of a word in ``count`` of ``size`` entries."""
    return log(1 + (size - count + 0.5) / (count + 0.5))


def reranked(hits, words) -> list:
    """``hits`` in their new order; ``words`` are (word, rarity)."""
    return sorted(hits, key=lambda hit: -(hit.score + WEIGHT * _together(hit, words)))


def _together(hit, words) -> float:
    texts = [hit.summary, *(section.text for section in hit.sections)]
    return max(best_window(lowered(text), words, TOGETHER)[0] for text in texts)
