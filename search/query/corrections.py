"""Spelling corrections by the words of the local index.

Only public entries count: a correction must not reveal a word of a private page.
"""

import logging
import time
from threading import Lock, Thread

from django.db import connection

from hub.models import OutboxEntry
from search.engines.contract import PUBLIC, Filters, IndexUnavailable
from search.index.indexer import engine
from search.index.vocabulary import vocabulary_at
from search.text import thai
from search.text.spelling import Correction, Speller

logger = logging.getLogger(__name__)
MAX_AGE = 60  # seconds; words of newer pages are no corrections yet


class _SpellerCache:
    """This process's speller and what it was built from. The old one is used while a new one is
    built."""

    def __init__(self):
        self.lock = Lock()
        self.source, self.built_at, self.generation, self.speller = None, 0.0, None, None

    def get(self, generation) -> Speller:
        source = engine()
        if self.speller is None or self.source is not source:
            with self.lock:
                if self.speller is None or self.source is not source:
                    self._build(source, generation)
        elif self.generation != generation and time.monotonic() - self.built_at > MAX_AGE:
            self.built_at = time.monotonic()  # so that no second build starts
            Thread(target=self._build, args=(source, generation), daemon=True).start()
        return self.speller

    def _build(self, source, generation):
        try:
            speller = Speller(source.word_counts(Filters(audiences=[PUBLIC])), source.count())
        except IndexUnavailable:
            speller, generation = Speller({}), None  # looked for again when MAX_AGE has passed
        self.source, self.speller, self.generation = source, speller, generation
        self.built_at = time.monotonic()


_cache = _SpellerCache()


def correction_of(text: str, generation: str) -> Correction | None:
    """The probable meaning of a misspelt ``text``; None when it is correct or nothing is near."""
    return _cache.get(generation).correct(text)


def known_words(generation: str) -> tuple[dict[str, int], int]:
    """Each public word → the number of entries with it; and the number of entries in all."""
    speller = _cache.get(generation)
    return speller.counts, speller.size


def warm_up(sender, **kwargs) -> None:
    """Load vocabulary, words and dictionary before the first search, which reports any error."""
    try:
        generation = OutboxEntry.objects.state().indexed
        vocabulary_at(generation)
        known_words(generation)
        thai.words("ปูม้า")
    except Exception:
        logger.info("The words of the index could not be read yet.", exc_info=True)
    finally:
        connection.close()
