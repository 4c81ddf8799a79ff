"""The words that this hub knows beyond the dictionary: its glossary and the names of its things.

Editors keep the glossary (``GlossaryTerm``); topics, areas, parties and whatever else has a name
in two languages are added automatically. The segmenter keeps Thai names whole, and every name
finds what is written under the other names of the same thing.
"""

from dataclasses import dataclass, field
from threading import Lock

from django.apps import apps

from hub.models import BilingualName, OutboxEntry
from search.models import GlossaryTerm
from search.text import thai

MAX_SYNONYMS = 4  # other names that one name is looked for by
MAX_WORD_LENGTH = 30  # characters of a name that the segmenter keeps whole


@dataclass(frozen=True)
class Vocabulary:
    """``words`` for the segmenter; ``synonyms``: a name's words → the other names."""

    words: frozenset[str] = frozenset()
    synonyms: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)


def name_groups() -> list[list[str]]:
    """The names of each thing that has a name, as the database has them now."""
    groups = [term.name_list for term in GlossaryTerm.objects.all()]
    for model in apps.get_models():
        if issubclass(model, BilingualName):
            groups += map(list, model.objects.values_list("name_th", "name_en").order_by("pk"))
    return [[name.strip() for name in names if name.strip()] for names in groups]


def custom_words(names) -> frozenset[str]:
    """Those of ``names`` that the segmenter is to keep whole: unbroken Thai that is not in the
    dictionary and not a compound of words in it. The rest is segmented well already, and a name
    kept whole would hide its words: ธนาคารปูม้า is a hit for ปูม้า."""
    found = set()
    for name in names:
        runs = thai.runs(name)
        if len(runs) != 1 or not thai.is_thai(runs[0]) or len(runs[0]) > MAX_WORD_LENGTH:
            continue
        if not thai.is_in_dictionary(runs[0]) and not thai.is_compound(runs[0]):
            found.add(runs[0])
    return frozenset(found)


def build_vocabulary(groups) -> Vocabulary:
    """The vocabulary of groups of names. Sets the segmenter's custom words first, because names
    are segmented as texts and queries are."""
    words = custom_words(name for names in groups for name in names)
    thai.set_custom_words(words)
    synonyms = {}
    for names in groups:
        words_of = {name: tuple(thai.words(name)) for name in names}
        for name_words in filter(None, dict.fromkeys(words_of.values())):
            others = [o for o in names if words_of[o] and words_of[o] != name_words]
            if others:
                known = synonyms.setdefault(name_words, [])
                known += [o for o in others if o not in known]
    return Vocabulary(words, {k: tuple(v[:MAX_SYNONYMS]) for k, v in synonyms.items()})


class _Cache:
    """This process's vocabulary, and the generation of the change log it was built under."""

    def __init__(self):
        self.lock = Lock()
        self.generation, self.groups, self.vocabulary = None, None, Vocabulary()

    def get(self, generation) -> Vocabulary:
        if generation != self.generation:
            with self.lock:
                groups = name_groups()
                if groups != self.groups:
                    self.vocabulary = build_vocabulary(groups)
                    self.groups = groups
                self.generation = generation
        thai.set_custom_words(self.vocabulary.words)
        return self.vocabulary


_cache = _Cache()


def vocabulary_at(generation: str) -> Vocabulary:
    """The vocabulary under ``generation`` of the change log: read again after every change."""
    return _cache.get(generation)


def load_for_all(sender, **kwargs) -> None:
    """Load the vocabulary and the segmenter's dictionary before processes are forked, for them all.
    Raises DatabaseError when the database cannot be read."""
    vocabulary_at(OutboxEntry.objects.state().indexed)
    thai.words("ปูม้า")
