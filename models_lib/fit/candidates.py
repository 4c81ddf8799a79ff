"""The Models of the hub as ``models_lib.fit.ranking`` compares them: the same few queries for all."""

from collections import Counter, defaultdict

from wagtail.models import Page

from hub.chain.relations import Stage
from hub.models import KnowledgePage
from hub.models.site_pages import pages_of_site
from hub.pages.page_search import pages_like
from hub.thai.typography import THAI_LETTER
from models_lib.fit.ranking import Candidate, Need, Part, Trial
from models_lib.models import (
    BlockOutcome,
    BuildingBlock,
    Condition,
    Feature,
    ModelPage,
    ReplicationPage,
)

MOST_FOUND = 200  # Models asked of search for the words of a problem


def candidates(request, locale, problem="") -> list[Candidate]:
    """Every Model that anybody may read, in the reader's language where there is such a version."""
    readable = pages_of_site(request).for_readers_of(locale)
    models = list(ModelPage.objects.filter(pk__in=readable.values("pk")).order_by("pk"))
    found = {}
    if problem:
        # Looked for in the language it is written in, whichever language the page is read in.
        written = "th" if THAI_LETTER.search(problem) else "en"
        likes = pages_like(problem, [Stage.MODEL], request, written, limit=MOST_FOUND)
        found = {like.page.translation_key: like for like in likes}
    needs, parts = _needs(models), _parts(models)
    trials = _trials(models, readable)
    return [
        Candidate(
            title=model.title,
            key=short_key(model),
            needs=tuple(needs[model.pk]),
            parts=_with_left_out(parts[model.pk], trials[model.translation_key]),
            trials=tuple(trials[model.translation_key]),
            budget=model.budget_min,
            words=found[model.translation_key].score if model.translation_key in found else 0.0,
            passages=tuple(found[model.translation_key].passages)
            if model.translation_key in found else (),
            page=model,
        )
        for model in models
    ]


def short_key(thing) -> str:
    """What an address calls a Model or a condition: the same in every language."""
    return thing.translation_key.hex[:10]


def _needs(models) -> dict[int, list[Need]]:
    found = defaultdict(list)
    conditions = Condition.objects.filter(page__in=models).select_related("skill", "group")
    for c in conditions.order_by("page_id", "sort_order", "pk"):
        value = name = ""
        if c.kind == Condition.Kind.PLACE and c.feature:
            value, name = c.feature, str(Feature(c.feature).label)
        elif c.kind == Condition.Kind.SKILL and c.skill:
            value, name = c.skill.slug, c.skill.name
        elif c.kind == Condition.Kind.GROUP and c.group:
            value, name = c.group.slug, c.group.name
        # A kind without its value can be answered by the leader only.
        kind = c.kind if value or c.amount else ""
        found[c.page_id].append(
            Need(c.text, c.required, kind, c.amount or 0, value, name, short_key(c))
        )
    return found


def _parts(models) -> dict[int, list[Part]]:
    found = defaultdict(list)
    blocks = BuildingBlock.objects.filter(page__in=models)
    for block in blocks.order_by("page_id", "sort_order", "pk"):
        found[block.page_id].append(
            Part(block.title, block.cost_baht, str(block.translation_key), block.anchor)
        )
    return found


def _with_left_out(parts, trials) -> tuple[Part, ...]:
    times = Counter(key for trial in trials if trial.worked for key in trial.dropped)
    return tuple(Part(p.title, p.cost, p.key, p.anchor, times[p.key]) for p in parts)


def _trials(models, readable) -> dict[object, list[Trial]]:
    """Translation key of a Model → its replications, below whichever of its versions they stand."""
    keys = {model.translation_key for model in models}
    above = dict(
        ModelPage.objects.filter(translation_key__in=keys).values_list("path", "translation_key")
    )
    pages = [
        page
        for page in ReplicationPage.objects.filter(pk__in=readable.values("pk"))
        .order_by("-started", "pk")
        if page.path[: -Page.steplen] in above
    ]
    pks = [page.pk for page in pages]
    areas, dropped = defaultdict(set), defaultdict(set)
    rows = KnowledgePage.objects.filter(pk__in=pks, areas__isnull=False)
    for pk, geocode in rows.values_list("pk", "areas__geocode"):
        areas[pk].add(geocode)
    outcomes = BlockOutcome.objects.filter(
        page__in=pks, outcome=BlockOutcome.Outcome.DROPPED, block__isnull=False
    )
    for pk, key in outcomes.values_list("page_id", "block__translation_key"):
        dropped[pk].add(str(key))
    found = defaultdict(list)
    for page in pages:
        found[above[page.path[: -Page.steplen]]].append(
            Trial(
                page.outcome == ReplicationPage.Outcome.SUCCESS, frozenset(areas[page.pk]),
                page.households, frozenset(dropped[page.pk]), page,
            )
        )
    return found
