"""The public search page and the results while typing."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hub.chain.relations import Stage
from hub.models import Area, Topic
from search.engines.contract import FACETS
from search.index.entries import place_in_file
from search.query.find import Reader, find, suggest
from search.statistics.counters import Asked
from search.text import thai

PARAMETERS = {
    "stages": "kind", "topics": "topic", "areas": "area", "years": "year", "languages": "lang",
}
VALUES_PER_FACET = 12


@require_safe
def results(request):
    """What the site knows about ``q``; filters are in the address."""
    text = request.GET.get("q", "")
    chosen = {name: _chosen(request, name) for name in FACETS}
    number = request.GET.get("page", "1")
    number = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    found = find(text, Reader.of(request), {n: v for n, v in chosen.items() if v}, number)
    link = Link(request.path, found.plan.text, chosen)
    if found.number == 1 and not found.plan.is_empty and not any(chosen.values()):
        request.about = Asked(found.plan.text, found.total)
    labels = _labels(found.facets, chosen)
    context = {
        "q": found.plan.text,
        "asked": bool(text),
        "total": found.total,
        "results": [_result(result) for result in found.results],
        "heading": found.plan.text or ", ".join(
            str(labels[n].get(v) or _year(n, v)) for n in FACETS for v in chosen[n]
        ),
        "facets": _facets(found.facets, chosen, labels, link),
        "selected": [
            {
                "label": labels[name].get(value) or _year(name, value),
                "url": link.without(name, value),
            }
            for name in FACETS
            for value in chosen[name]
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
    response = render(request, "search/results.html", context)
    if found.stood_in:
        response["Cache-Control"] = "no-store"  # the notice must not outlast its reason
    return response


@require_safe
def suggestions(request):
    """Titles that fit what has been typed so far, as a fragment of the page."""
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
    return render(request, "search/suggestions.html", context)


def _chosen(request, name) -> list[str]:
    """The values chosen for a facet: at most 20, short, without characters no index holds."""
    values = request.GET.getlist(PARAMETERS[name])[:20]
    if name == "years":
        return [v for v in values if v.isascii() and v.isdigit() and len(v) == 4]
    return [v for v in values if v and len(v) <= 50 and v.isprintable() and v.isascii()]


class Link:
    """Makes the addresses of this search with one thing changed."""

    def __init__(self, path, text, chosen):
        self.path, self.text, self.chosen = path, text, chosen

    def _to(self, chosen, page=1) -> str:
        pairs = [("q", self.text)]
        pairs += [(PARAMETERS[n], v) for n in FACETS for v in chosen[n]]
        pairs += [("page", page)] if page > 1 else []
        return f"{self.path}?{urlencode(pairs)}"

    def searching(self, text) -> str:
        return Link(self.path, text, self.chosen)._to(self.chosen)

    def toggled(self, name, value) -> str:
        return (
            self.without(name, value)
            if value in self.chosen[name]
            else self._to({**self.chosen, name: [*self.chosen[name], value]})
        )

    def without(self, name, value) -> str:
        return self._to({**self.chosen, name: [v for v in self.chosen[name] if v != value]})

    def page(self, number) -> str:
        return self._to(self.chosen, number)


def _labels(facets, chosen) -> dict[str, dict[str, str]]:
    """For every facet, its values in the reader's words."""
    topics = {v for v, _n in facets.get("topics", [])} | set(chosen["topics"])
    areas = {v for v, _n in facets.get("areas", [])} | set(chosen["areas"])
    return {
        "stages": {s.value: str(s.label) for s in Stage},
        "topics": {t.slug: t.name for t in Topic.objects.filter(slug__in=topics)},
        "areas": {a.geocode: a.name for a in Area.objects.filter(geocode__in=areas)},
        "years": {},
        "languages": {"th": _("Thai"), "en": _("English")},
    }


def _facets(facets, chosen, labels, link) -> list[dict]:
    headings = {
        "stages": _("Kind"), "topics": _("Topic"), "areas": _("District"), "years": _("Year"),
        "languages": _("Language"),
    }
    shown = []
    for name in FACETS:
        values = facets.get(name, [])
        if name == "areas":  # districts: provinces say too little, subdistricts too much
            values = [(v, n) for v, n in values if len(v) == 4 or v in chosen[name]]
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
                        "label": labels[name].get(str(value)) or _year(name, value),
                        "count": count,
                        "url": link.toggled(name, str(value)),
                        "selected": str(value) in chosen[name],
                    }
                    for value, count in values[:VALUES_PER_FACET]
                ],
            }
        )
    return shown


def _year(name, value) -> str:
    """A year in the reader's calendar: Buddhist in Thai."""
    from django.utils.translation import get_language

    if name == "years" and get_language() == "th":
        return str(int(value) + 543)
    return str(value)


def _result(result) -> dict:
    page = result.page
    return {
        "page_id": page.pk,
        "title": page.title,
        "url": page.url,
        "stage": result.hit.stage,
        "stage_label": Stage(result.hit.stage).label,
        "language": page.locale.language_code,
        "year": _year("years", result.hit.year) if result.hit.year else "",
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
            "place": place_in_file(passage.anchor) if result.document else "",
        }
        for passage in result.passages
    ]


def _notices(found, text) -> list[str]:
    """What the reader should know about how the question was taken."""
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
    if found.stood_in:
        notices.append(_("The search service is away for the moment; a copy kept here answered."))
    return notices
