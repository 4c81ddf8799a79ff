"""A search apart from its page of results: what feeds, alerts and their links are made of."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from search.engines.contract import FACETS
from search.query import planning
from search.query.facets import Labels, filters_of, parameters_of


@dataclass(frozen=True)
class SavedSearch:
    """``text`` as cleaned and the selected ``filters``; without both it finds everything."""

    text: str = ""
    filters: dict[str, list[str]] = field(default_factory=dict)
    has_no_word: bool = False  # something was typed, but there is no word to search for

    @classmethod
    def from_request(cls, request):
        """The search in the address of ``request``."""
        plan = planning.plan(request.GET.get("q", ""))
        return cls(
            "" if plan.is_empty else plan.text,
            {name: values for name, values in filters_of(request).items() if values},
            plan.is_empty and bool(plan.text),
        )

    @classmethod
    def of_alert(cls, alert):
        return cls(alert.text, alert.filters)

    @property
    def parameters(self) -> str:
        pairs = [("q", self.text)] if self.text else []
        return urlencode(pairs + parameters_of(self.filters))

    def url(self, name="search") -> str:
        """The path of this search at the view ``name``, in the active language."""
        return f"{reverse(name)}?{self.parameters}" if self.parameters else reverse(name)

    @property
    def alert_form_url(self) -> str:
        return self.url("search_alert")

    @property
    def label(self) -> str:
        """The search in the reader's words: what was typed, then what was selected."""
        labels = Labels(self.filters)
        shown = [self.text] if self.text else []
        shown += [labels.of(n, v) for n in FACETS for v in self.filters.get(n, [])]
        return " · ".join(shown) or _("Everything")
