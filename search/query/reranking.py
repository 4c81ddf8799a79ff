"""Reranks the first hits of a question by how close its words are to each other.

BM25 ignores positions. An answer has the rare words of its question close together, so the first
ten hits are ranked again by both; reranking twenty finds no more. The measurements are in
docs/decisions/0003-search-engine.md. No Django here.
"""

from collections.abc import Iterable, Mapping
from math import log

from search.engines.contract import Hit
from search.query.passages import WordPositions

WINDOW = 400  # characters
WEIGHT = 2.0  # of the rarity of the words in the window, beside the engine's score


def rarity(count: int, size: int) -> float:
    """BM25's inverse document frequency of a word in ``count`` of ``size`` entries."""
    return log(1 + (size - count + 0.5) / (count + 0.5))


def reranked(
    hits: Iterable[Hit], positions: Mapping[str, WordPositions], rarities: Mapping[str, float]
) -> list[Hit]:
    """``hits`` in their new order; ``positions`` maps their keys to ``passages.WordPositions``,
    ``rarities`` each word to its rarity."""
    return sorted(
        hits, key=lambda hit: -(hit.score + WEIGHT * positions[hit.key].best(rarities, WINDOW))
    )
