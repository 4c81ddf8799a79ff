"""From what was typed to a plan, and from a plan to an answer.

Keywords are looked for as they stand first, then all words, then any word; questions go by any
word. Measured reasons: docs/decisions/0003-search-engine.md.
"""

import re
from dataclasses import dataclass

from search import thai
from search.engine import Answer, Engine, Filters, Segmented, Terms

MAX_CHARACTERS = 200
MAX_TERMS = 16
QUESTION_CLUSTERS = 25  # an unbroken stretch longer than this is a sentence, not a keyword


@dataclass(frozen=True)
class Plan:
    """What will be asked: ``text`` as cleaned, its stretches, and codes of what to tell.

    ``notes`` may hold ``cut`` (only the beginning is used) and ``empty`` (no word was typed).
    """

    text: str
    terms: tuple[Terms, ...]
    excluded: tuple[Terms, ...]
    is_question: bool
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.terms

    @property
    def words(self) -> tuple[str, ...]:
        """All words asked for, those that carry meaning first."""
        found = dict.fromkeys(w for terms in self.terms for w in terms.words)
        return tuple(sorted(found, key=lambda w: w in thai.STOP_WORDS))


def plan(text: str) -> Plan:
    """Plan a search for ``text``, whatever it is; never raises."""
    notes = []
    text = re.sub(r"\s+", " ", thai.clean(text)).strip()
    if len(text) > MAX_CHARACTERS:
        notes.append("cut")
        text = text[:MAX_CHARACTERS]
    stretches, excluded = _stretches(text)
    kept, room = [], MAX_TERMS
    for terms in stretches:
        if len(terms.words) > room:
            notes.append("cut")
            terms = _terms_of_words(terms.words[:room]) if room else None
        if terms:
            kept.append(terms)
            room -= len(terms.words)
    if not kept:
        notes.append("empty")
    return Plan(
        text, tuple(kept), tuple(excluded), _is_question(text, kept), tuple(dict.fromkeys(notes))
    )


def _stretches(text):
    """The stretches to find and those to leave out (``-word``); quotes hold one together."""
    wanted, excluded = [], []
    for minus, quoted, plain in re.findall(r'(-?)(?:"([^"]+)"|([^\s"]+))', text):
        terms = _terms(quoted or plain)
        if not terms.words:
            continue
        (excluded if minus and (wanted or quoted or plain) else wanted).append(terms)
    if not wanted:  # "-word" alone is a word with a hyphen before it
        wanted, excluded = excluded, []
    return wanted, excluded


def _terms(text) -> Terms:
    return Terms(
        tuple(thai.words(text)), tuple(thai.cluster_tokens(text)), tuple(thai.grams(text))
    )


def _terms_of_words(words) -> Terms:
    text = "".join(words) if all("\u0e00" <= w[0] <= "\u0e7f" for w in words) else " ".join(words)
    return Terms(tuple(words), tuple(thai.cluster_tokens(text)), tuple(thai.grams(text)))


def _is_question(text, stretches) -> bool:
    words = [w for terms in stretches for w in terms.words]
    return (
        "?" in text
        or any(
            # "WHO" alone is the World Health Organization; an English question has more words.
            w in thai.QUESTION_WORDS and (len(words) > 2 or not w.isascii())
            for w in words
        )
        or any(len(terms.clusters) > QUESTION_CLUSTERS for terms in stretches)
    )


def run(
    engine: Engine, plan: Plan, filters: Filters, offset=0, limit=10, facets=True,
    strategies=None,
) -> Answer:
    """Ask ``engine``: the first strategy that finds anything answers."""
    answer = None
    if plan.is_empty:
        strategies = ["browse"]
    for strategy in strategies or (["any"] if plan.is_question else ["phrase", "all", "any"]):
        asked = plan.terms
        if strategy == "any":
            asked = _meaningful(plan.terms)
        answer = engine.search(
            Segmented(strategy, asked, plan.excluded), filters, offset, limit, facets
        )
        if answer.total:
            break
    return answer


def _meaningful(terms):
    """The stretches without words that every page has, unless nothing else was typed."""
    kept = tuple(
        Terms(tuple(w for w in t.words if w not in thai.STOP_WORDS), t.clusters, t.grams)
        for t in terms
    )
    return kept if any(t.words for t in kept) else terms
