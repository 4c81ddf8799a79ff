"""What readers probably meant, by the words that anybody may find here.

The words come from the local index, from what is open to all only: a correction must not tell a
word that stands nowhere but on a private page.
"""

import logging
import time
from threading import Lock, Thread

from django.db import connection

from hub.models import OutboxEntry
from search.engines.contract import Filters, IndexUnavailable
from search.index.audience import PUBLIC
from search.index.indexer import engine
from search.text import thai, vocabulary
from search.text.spelling import Correction, Speller

logger = logging.getLogger(__name__)
OLD_AFTER = 60  # seconds; words that came since are not yet corrected to


class _Kept:
    """This process's speller and what it was made of. An old one serves while a new one is
    made."""

    def __init__(self):
        self.lock = Lock()
        self.source, self.made_at, self.generation, self.speller = None, 0.0, None, None

    def at(self, generation) -> Speller:
        source = engine()
        if self.speller is None or self.source is not source:
            with self.lock:
                if self.speller is None or self.source is not source:
                    self._make(source, generation)
        elif self.generation != generation and time.monotonic() - self.made_at > OLD_AFTER:
            self.made_at = time.monotonic()  # so that no second one is begun
            Thread(target=self._make, args=(source, generation), daemon=True).start()
        return self.speller

    def _make(self, source, generation):
        try:
            speller = Speller(source.word_counts(Filters(audiences=[PUBLIC])), source.count())
        except IndexUnavailable:
            speller = Speller({})
        self.source, self.speller, self.generation = source, speller, generation
        self.made_at = time.monotonic()


_kept = _Kept()


def correction_of(text: str, generation: str) -> Correction | None:
    """What ``text`` was probably meant to be; None when it is well or nothing comes near."""
    return _kept.at(generation).correct(text)


def words_known(generation: str) -> tuple[dict[str, int], int]:
    """Each word that anybody may find here → how many entries have it; and the entries in all."""
    speller = _kept.at(generation)
    return speller.counts, speller.size


def get_ready(sender, **kwargs) -> None:
    """Read the words once before the first reader asks; whatever fails is met again then."""
    try:
        generation = OutboxEntry.objects.state()[0]
        vocabulary.at(generation)
        words_known(generation)
        thai.words("ปูม้า")
    except Exception:
        logger.info("The words of the index could not be read yet.", exc_info=True)
    finally:
        connection.close()
