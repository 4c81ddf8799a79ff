"""The public search page and the results while typing."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hub.chain.relations import Stage
from search.engines.contract import FACETS
from search.index.entries import part_label
from search.query.facets import Labels, filters_of, parameters_of, year_label
from search.query.find import Reader, find, suggest
from search.statistics.counters import SearchEvent
from search.text import thai

VALUES_PER_FACET = 12


@require_safe
def results(request):
    """The results for ``q`` and the filters in the address."""
    text = request.GET.get("q", "")
    filters = filters_of(request)
    number = request.GET.get("page", "1")
    number = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    found = find(text, Reader.of(request), {n: v for n, v in filters.items() if v}, number)
    link = Link(request.path, found.plan.text, filters)
    is_countable = not found.is_plain  # what a plain search does not find may be there
    if is_countable and found.number == 1 and not (found.plan.is_empty or any(filters.values())):
        request.counted_event = SearchEvent(found.plan.text, found.total)
    labels = Labels(filters, found.facets)
    selected = [(name, value) for name in FACETS for value in filters[name]]
    context = {
        "q": found.plan.text,
        "total": found.total,
        "results": [_result(result) for result in found.results],
        "heading": found.plan.text or ", ".join(labels.of(*pair) for pair in selected),
        "facets": _facets(found.facets, filters, labels, link),
        "selected": [
            {"label": labels.of(*pair), "url": link.without(*pair)} for pair in selected
        ],
        "notices": _notices(found, text),
        "did_you_mean": {
            "text": found.did_you_mean, "url": link.searching(found.did_you_mean),
        } if found.did_you_mean else None,
        "parameters": link.page(1).partition("?")[2],  # of this search as a feed and as an alert
        "page_number": found.number,
        "num_pages": found.num_pages,
        "previous_url": link.page(found.number - 1) if found.number > 1 else "",
        "next_url": link.page(found.number + 1) if found.number < found.num_pages else "",
    }
    response = render(request, "search/query/results.html", context)
    if found.fell_back or found.is_behind or found.is_plain:
        response["Cache-Control"] = "no-store"  # the answer must not outlast its reason
    return response


@require_safe
def suggestions(request):
    """Titles that match what has been typed so far, as a fragment of the page."""
    text = request.GET.get("q", "")
    found = suggest(text, Reader.of(request))
    context = {
        "q": text,
        "suggestions": [
            {
                "title": result.page.title,
                "url": result.page.get_url(request),
                "stage_label": Stage(result.hit.stage).label,
                "language": result.page.locale.language_code,
            }
            for result in found
        ],
    }
    return render(request, "search/query/suggestions.html", context)


class Link:
    """The addresses of this search with one thing changed."""

    def __init__(self, path, text, filters):
        self.path, self.text, self.filters = path, text, filters

    def _to(self, filters, page=1) -> str:
        pairs = [("q", self.text), *parameters_of(filters)]
        pairs += [("page", page)] if page > 1 else []
        return f"{self.path}?{urlencode(pairs)}"

    def searching(self, text) -> str:
        return Link(self.path, text, self.filters)._to(self.filters)

    def toggled(self, name, value) -> str:
        return (
            self.without(name, value)
            if value in self.filters[name]
            else self._to({**self.filters, name: [*self.filters[name], value]})
        )

    def without(self, name, value) -> str:
        return self._to({**self.filters, name: [v for v in self.filters[name] if v != value]})

    def page(self, number) -> str:
        return self._to(self.filters, number)


def _facets(counts, filters, labels, link) -> list[dict]:
    headings = {
        "stages": _("Kind"), "topics": _("Topic"), "areas": _("District"), "years": _("Year"),
        "languages": _("Language"),
    }
    shown = []
    for name in FACETS:
        values = counts.get(name, [])
        if name == "areas":  # districts: provinces say too little, subdistricts too much
            values = [(v, n) for v, n in values if len(v) == 4 or v in filters[name]]
        if name == "years":
            values = sorted(values, reverse=True)
        if not values:
            continue
        shown.append(
            {
                "name": name,
                "label": headings[name],
                "values": [
                    {
                        "label": labels.of(name, value),
                        "count": count,
                        "url": link.toggled(name, str(value)),
                        "selected": str(value) in filters[name],
                    }
                    for value, count in values[:VALUES_PER_FACET]
                ],
            }
        )
    return shown


def _result(result) -> dict:
    page = result.page
    return {
        "page_id": page.pk,
        "title": page.title,
        "url": page.url,
        "stage": result.hit.stage,
        "stage_label": Stage(result.hit.stage).label,
        "language": page.locale.language_code,
        "year": year_label(result.hit.year) if result.hit.year else "",
        "passages": _passages(result, page.url),
        "files": [
            {
                "title": file.document.title,
                "url": file.document.url,
                "file_name": file.document.filename,
                "passages": _passages(file, file.document.url),
            }
            for file in result.files
        ],
    }


def _passages(result, url) -> list[dict]:
    return [
        {
            "pieces": passage.pieces,
            "heading": passage.heading,
            "url": f"{url}#{passage.anchor}" if passage.anchor else url,
            "place": part_label(passage.anchor) if result.document else "",
        }
        for passage in result.passages
    ]


def _notices(found, text) -> list[str]:
    """What the reader should know about how the query was understood."""
    notices = []
    if "cut" in found.plan.notes:
        notices.append(_("The search was long, so only its first words were used."))
    if text and found.plan.is_empty:
        notices.append(_("There was no word to search for. Type a word or a question."))
    if found.corrected:
        typed = " ".join(thai.clean(text).split())[:80]
        notices.append(
            _("Nothing was found for “%(typed)s”. These are the results for “%(meant)s”.")
            % {"typed": typed, "meant": found.corrected}
        )
    if found.strategy == "any" and found.total and not found.plan.is_question:
        notices.append(_("No page has all the words; these have some of them."))
    if found.is_plain:
        notices.append(_(
            "The search index is being mended, so the results are simpler for the moment: pages "
            "with these words in their titles and summaries."
        ))
    elif found.fell_back:
        notices.append(_("The search service is away for the moment; a copy kept here answered."))
    return notices
