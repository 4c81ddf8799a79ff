"""Loads the glossary that a new hub starts with, and reindexes pages when words come or go."""

from pathlib import Path

from hub.changelog.recording import record_pages
from hub.models import KnowledgePage
from hub.reference.loading import add_all
from search.index.indexer import pages_containing
from search.index.vocabulary import custom_words, name_groups
from search.models import GlossaryTerm

GLOSSARY = Path(__file__).with_name("glossary.txt")


def reindex_pages_containing(words) -> None:
    """Record a change of every page that contains one of ``words``."""
    pks = set().union(*map(pages_containing, words))
    if pks:
        record_pages(KnowledgePage.objects.filter(pk__in=pks))


def load_glossary(added: dict[str, int]) -> dict[str, int]:
    """The hook ``load_reference_data``: add the initial terms where there are none yet.

    The other reference data in ``added`` came without signals of its own, so pages that contain
    its names are indexed again.
    """
    count = _add_initial_terms()
    if KnowledgePage.objects.exists() and (count or added.get("areas")):
        reindex_pages_containing(custom_words(name for names in name_groups() for name in names))
    return {"glossary": count}


def _add_initial_terms() -> int:
    if GlossaryTerm.objects.exists():  # from then on editors keep the glossary
        return 0
    lines = GLOSSARY.read_text("utf-8").splitlines()
    terms = [
        GlossaryTerm(names="\n".join(line.split(" = "))) for line in lines
        if line and not line.startswith("#")
    ]
    for term in terms:
        term.full_clean()
    return add_all(GlossaryTerm, terms)
