"""What the base layer and its apps ask of search without importing it.

``search`` knows how Thai is cut and which engine answers; it provides both when it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.models import KnowledgePage


@dataclass(frozen=True)
class Found:
    """A page that fits a text: how well, beside the others found with it, and where."""

    page: KnowledgePage  # specific
    score: float  # 0 to 1, the best of those found is 1
    passages: list  # search.query.passages.Passage: heading, anchor and pieces of text


_words: Callable[[str], list[str]] | None = None
_pages: Callable[..., list[Found]] | None = None


def provide(words, pages) -> None:
    """``words(text)`` cuts a text into words; ``pages(text, stages, request, language, limit)``
    finds pages. Called once, when the app that searches is loaded."""
    global _words, _pages
    _words, _pages = words, pages


def words_of(text) -> list[str]:
    """``text`` cut into words and what stands between them; joined, they are ``text`` again."""
    return _words(text)


def pages_like(text, stages, request=None, language=None, limit=10) -> list[Found]:
    """Pages of the ``stages`` that have words of ``text``, best first.

    Only what the user of ``request`` may read, without a request what everybody may. Of pages
    that are translations of each other one is found, in ``language`` where there is one.
    """
    return _pages(text, stages, request, language, limit)
