"""The best of a question's hits, looked at once more: where do its words stand together?

BM25 counts words wherever they stand. An answer has the rare words of its question close to each
other, so the first ten hits are ranked anew by both; to look at twenty finds no more. Measured in
docs/decisions/0003-search-engine.md. No Django here.
"""

from math import log

TOGETHER = 400  # characters
WEIGHT = 2.0  # of the rarity of the words that stand together, beside the engine's score


def rarity(count: int, size: int) -> float:
    """BM25's inverse document frequency of a word in ``count`` of ``size`` entries."""
    return log(1 + (size - count + 0.5) / (count + 0.5))


def reranked(hits, places, rarities) -> list:
    """``hits`` in their new order; ``places`` has ``passages.Places`` by the hit's key,
    ``rarities`` the rarity of each word."""
    return sorted(
        hits, key=lambda hit: -(hit.score + WEIGHT * places[hit.key].best(rarities, TOGETHER))
    )
