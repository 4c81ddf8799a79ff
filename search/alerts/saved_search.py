"""A search apart from its page of results: what feeds, alerts and their links are made of."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from search.engines.contract import FACETS
from search.query import planning
from search.query.views import PARAMETERS, _chosen, _labels, _year


@dataclass(frozen=True)
class Question:
    """``text`` as cleaned and the values ``chosen`` per facet; neither means everything."""

    text: str = ""
    chosen: dict[str, list[str]] = field(default_factory=dict)
    has_no_word: bool = False  # something was typed, and nothing of it can be looked for

    @classmethod
    def of(cls, request):
        """The question in the address of ``request``."""
        plan = planning.plan(request.GET.get("q", ""))
        chosen = {name: _chosen(request, name) for name in FACETS}
        return cls(
            "" if plan.is_empty else plan.text,
            {name: values for name, values in chosen.items() if values},
            plan.is_empty and bool(plan.text),
        )

    @property
    def parameters(self) -> str:
        pairs = [("q", self.text)] if self.text else []
        pairs += [(PARAMETERS[n], v) for n in FACETS for v in self.chosen.get(n, [])]
        return urlencode(pairs)

    def address(self, name="search") -> str:
        """The path of this search at the view ``name``, in the language that is active."""
        return f"{reverse(name)}?{self.parameters}" if self.parameters else reverse(name)

    @property
    def here(self) -> str:
        """Where the form of this search sends to."""
        return self.address("search_alert")

    @property
    def label(self) -> str:
        """The question in the reader's words: what was typed, then what was chosen."""
        chosen = {name: self.chosen.get(name, []) for name in FACETS}
        labels = _labels({}, chosen)
        said = [self.text] if self.text else []
        said += [
            str(labels[name].get(value) or _year(name, value))
            for name in FACETS for value in chosen[name]
        ]
        return " · ".join(said) or _("Everything")
