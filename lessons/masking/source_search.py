"""Whether the hub's own search leads from a masked copy to a public page that names its source.

A copy hides names, but who reads a striking sentence searches for it. Each striking phrase of the
copy is searched as a visitor would; a page counts that has a stretch of the phrase word for word
and one of the names that the copy hides.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.chain.relations import Stage
from hub.models import KnowledgePage
from hub.pages.page_search import pages_like
from lessons.masking.masker import Rules, find_spans, pieces, skeleton

SHORTEST_PHRASE = 24  # letters of a phrase that is searched
SAME_LETTERS = 18  # letters in a row that a page has in common with a phrase
SHORTEST_SECRET = 4  # letters of a name; a shorter one is part of many words
MOST_PHRASES = 20
PAGES_A_PHRASE = 4
NAMING = {"name", "place", "organisation", "account", "phone", "plate", "word", "email"}


@dataclass(frozen=True)
class Source:
    """A public page that search finds by ``phrase`` of a copy and that has ``secret``."""

    phrase: str
    page: KnowledgePage
    secret: str

    @property
    def key(self) -> str:
        """Under which the author's answer about the phrase is kept."""
        return f"source:{skeleton(self.phrase)}"


def sources(
    texts: list[str], rules: Rules, language: str, own_pages: Iterable[int]
) -> list[Source]:
    """The pages that give a copy of ``texts`` away, at most one for each phrase.

    ``own_pages`` are ids of the lesson, its copy and their translations, which do not count.
    """
    secrets = _secrets(texts, rules)
    own = set(own_pages)
    read: dict[int, str] = {}  # skeleton of a page's text
    found = []
    for phrase in _phrases(texts, rules) if secrets else ():
        for similar in pages_like(phrase, list(Stage), None, language, PAGES_A_PHRASE):
            page = similar.page
            if page.pk in own:
                continue
            if page.pk not in read:
                read[page.pk] = skeleton(_text(page))
            secret = next((s for key, s in secrets.items() if key in read[page.pk]), None)
            if secret and _shares_a_stretch(skeleton(phrase), read[page.pk]):
                found.append(Source(phrase, page, secret))
                break
    return found


def _secrets(texts: list[str], rules: Rules) -> dict[str, str]:
    """What the copy hides and a page may not name beside the same words, by skeleton."""
    hidden = [span.core for text in texts for span in find_spans(text, rules)
              if span.kind in NAMING]
    hidden += [*rules.names, *(one.name for one in rules.learned)]
    found = {skeleton(name): name for name in hidden}
    return {key: name for key, name in found.items()
            if len(key) >= SHORTEST_SECRET and key not in rules.released}


def _phrases(texts: list[str], rules: Rules) -> list[str]:
    """Stretches that the copy shows as they are, the longest first."""
    found: dict[str, None] = {}
    for text in texts:
        for piece, span in pieces(text, rules):
            if span is None:
                for phrase in re.split(r"[\n.!?]+|\s{2,}", piece):
                    if len(skeleton(phrase)) >= SHORTEST_PHRASE:
                        found.setdefault(phrase.strip())
    return sorted(found, key=len, reverse=True)[:MOST_PHRASES]


def _shares_a_stretch(phrase: str, text: str) -> bool:
    return any(phrase[at : at + SAME_LETTERS] in text
               for at in range(0, len(phrase) - SAME_LETTERS + 1))


def _text(page: KnowledgePage) -> str:
    """All that a reader of ``page`` reads: title, summary, sections, who contributed."""
    return "\n".join(_parts(page))


def _parts(page: KnowledgePage) -> Iterator[str]:
    yield page.title
    yield page.summary
    for section in page.sections():
        yield f"{section.heading}\n{section.text}"
    for person in page.contributors.all():
        yield f"{person.name} {person.organisation or person.other_organisation}"
