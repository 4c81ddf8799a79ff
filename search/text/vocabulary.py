"""The words that this hub knows beyond the dictionary: its glossary and the names of its things.

Editors keep the glossary (``GlossaryTerm``); topics, areas, parties and whatever else has a name
in two languages join it by themselves. Thai names are kept whole by the segmenter, and every
name finds what is written under the other names of the same thing.
"""

from dataclasses import dataclass, field
from threading import Lock

from django.apps import apps

from hub.models import BilingualName
from search.models import GlossaryTerm
from search.query.planning import LONGEST_NAME
from search.text import thai

MOST_VARIANTS = 4  # other names that one name is looked for by
LONGEST_WORD = 30  # characters of a name that the segmenter keeps whole


@dataclass(frozen=True)
class Vocabulary:
    """``words`` for the segmenter; ``synonyms``: a name's words → the other names."""

    words: frozenset[str] = frozenset()
    synonyms: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)


def groups_of_names() -> list[list[str]]:
    """The names of each thing that has a name, as the database has them now."""
    groups = [term.name_list for term in GlossaryTerm.objects.all()]
    for model in apps.get_models():
        if issubclass(model, BilingualName):
            groups += map(list, model.objects.values_list("name_th", "name_en").order_by("pk"))
    return [[name.strip() for name in names if name.strip()] for names in groups]


def words_of(names) -> frozenset[str]:
    """Those of ``names`` that the segmenter is to keep whole: unbroken Thai that no dictionary
    has and that is not made of words it has. The rest is cut well already, and a name kept whole
    would hide its words: ธนาคารปูม้า is a hit for ปูม้า."""
    found = set()
    for name in names:
        runs = thai.runs(name)
        if len(runs) != 1 or not "\u0e00" <= runs[0][0] <= "\u0e7f" or len(runs[0]) > LONGEST_WORD:
            continue
        if not thai.is_in_dictionary(runs[0]) and thai.falls_apart(runs[0]):
            found.add(runs[0])
    return frozenset(found)


def made_of(groups) -> Vocabulary:
    """The vocabulary of groups of names; teaches the segmenter its words on the way, since the
    names are cut as texts and questions are."""
    words = words_of(name for names in groups for name in names)
    thai.keep_whole(words)
    synonyms = {}
    for names in groups:
        cut = {name: tuple(thai.words(name)) for name in names}
        for its_words in dict.fromkeys(cut.values()):
            others = [o for o in names if cut[o] and cut[o] != its_words]
            if others and 0 < len(its_words) <= LONGEST_NAME:
                known = synonyms.setdefault(its_words, [])
                known += [o for o in others if o not in known]
    return Vocabulary(words, {k: tuple(v[:MOST_VARIANTS]) for k, v in synonyms.items()})


class _Kept:
    """This process's vocabulary, and the generation of the change log it was made under."""

    def __init__(self):
        self.lock = Lock()
        self.generation, self.groups, self.vocabulary = None, None, Vocabulary()

    def at(self, generation) -> Vocabulary:
        if generation != self.generation:
            with self.lock:
                groups = groups_of_names()
                if groups != self.groups:
                    self.vocabulary = made_of(groups)
                    self.groups = groups
                self.generation = generation
        thai.keep_whole(self.vocabulary.words)
        return self.vocabulary


_kept = _Kept()


def at(generation: str) -> Vocabulary:
    """The vocabulary under ``generation`` of the change log: read again after every change."""
    return _kept.at(generation)
