"""Facets in the address and in the reader's words.

``filters`` everywhere maps each name of ``search.engines.contract.FACETS`` to the values selected
in it, an empty list where nothing is selected.
"""

from django.utils.translation import gettext as _

from hub.chain.relations import Stage
from hub.formatting import thai_year
from hub.models import Area, Topic
from search.engines.contract import FACETS

PARAMETERS = {
    "stages": "kind", "topics": "topic", "areas": "area", "years": "year", "languages": "lang",
}
MAX_VALUES = 20  # selected in one facet
MAX_VALUE_LENGTH = 50


def filters_of(request) -> dict[str, list[str]]:
    """The values selected in the address of ``request``, without what no index holds."""
    return {name: _values_of(request, name) for name in FACETS}


def _values_of(request, name) -> list[str]:
    values = request.GET.getlist(PARAMETERS[name])[:MAX_VALUES]
    if name == "years":
        return [v for v in values if v.isascii() and v.isdigit() and len(v) == 4]
    return [
        v for v in values if v and len(v) <= MAX_VALUE_LENGTH and v.isprintable() and v.isascii()
    ]


def parameters_of(filters) -> list[tuple[str, str]]:
    """The pairs of a query string that select ``filters``."""
    return [(PARAMETERS[n], v) for n in FACETS for v in filters.get(n, [])]


class Labels:
    """The labels of facet values: of the selected and of the counted ones."""

    def __init__(self, filters, counts=None):
        counts = counts or {}
        topics, areas = (
            {v for v, _n in counts.get(name, [])} | set(filters.get(name, []))
            for name in ("topics", "areas")
        )
        self._labels = {
            "stages": {stage.value: str(stage.label) for stage in Stage},
            "topics": {t.slug: t.name for t in Topic.objects.filter(slug__in=topics)},
            "areas": {a.geocode: a.name for a in Area.objects.filter(geocode__in=areas)},
            "languages": {"th": _("Thai"), "en": _("English")},
        }

    def of(self, name, value) -> str:
        """The label of ``value``; the value itself when it is unknown."""
        if name == "years":
            return year_label(value)
        return self._labels[name].get(str(value)) or str(value)


def year_label(year) -> str:
    """A Christian year in the reader's calendar: Buddhist in Thai."""
    return thai_year(int(year))
