"""What the base layer and its apps ask of search without importing it.

The app that knows how Thai is segmented and which engine answers provides both functions by the
hooks ``segment_words`` and ``find_similar_pages``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from hub.hooks import provider

if TYPE_CHECKING:
    from hub.models import KnowledgePage


@dataclass(frozen=True)
class SimilarPage:
    """A page similar to a text: how well it fits beside the others found, and where."""

    page: KnowledgePage  # specific
    score: float  # 0 to 1, the best of those found is 1
    passages: list[Any]  # search.query.passages.Passage: heading, anchor and pieces of text


def words_of(text: str) -> list[str]:
    """``text`` cut into words and what stands between them; joined, they are ``text`` again."""
    return provider("segment_words")(text)


def pages_like(
    text: str,
    stages: Iterable[str],
    request: HttpRequest | None = None,
    language: str | None = None,
    limit: int = 10,
) -> list[SimilarPage]:
    """Pages of the ``stages`` that have words of ``text``, best first.

    Only what the user of ``request`` may read, without a request what everybody may. Of pages
    that are translations of each other one is found, in ``language`` where there is one.
    """
    return provider("find_similar_pages")(text, stages, request, language, limit)
