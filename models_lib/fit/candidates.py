"""The Models of the hub as ``models_lib.fit.ranking`` compares them.

The number of queries does not depend on the number of Models.
"""

from collections import Counter, defaultdict

from wagtail.models import Page

from hub.chain.relations import Stage
from hub.models import KnowledgePage
from hub.models.site_pages import pages_of_site
from hub.pages.page_search import pages_like
from hub.thai.typography import THAI_LETTER
from models_lib.fit.ranking import BlockCost, Candidate, Requirement, Trial
from models_lib.models import (
    BlockOutcome,
    BuildingBlock,
    Condition,
    Feature,
    ModelPage,
    ReplicationPage,
)

MAX_TEXT_MATCHES = 200


def candidates(request, locale, problem="") -> list[Candidate]:
    """Every public Model, in the reader's language where there is such a version."""
    readable = pages_of_site(request).for_readers_of(locale)
    models = list(ModelPage.objects.filter(pk__in=readable.values("pk")).order_by("pk"))
    matches = {}
    if problem:
        # Searched in the language of the problem, whichever language the page is read in.
        language = "th" if THAI_LETTER.search(problem) else "en"
        similar = pages_like(problem, [Stage.MODEL], request, language, limit=MAX_TEXT_MATCHES)
        matches = {match.page.translation_key: match for match in similar}
    requirements, blocks = _requirements(models), _blocks(models)
    trials = _trials(models, readable)
    found = []
    for model in models:
        match = matches.get(model.translation_key)
        model_trials = trials[model.translation_key]
        found.append(Candidate(
            title=model.title,
            key=short_key(model),
            requirements=tuple(requirements[model.pk]),
            blocks=_with_drop_counts(blocks[model.pk], model_trials),
            trials=tuple(model_trials),
            budget=model.budget_min,
            text_score=match.score if match else 0.0,
            passages=tuple(match.passages) if match else (),
            page=model,
        ))
    return found


def short_key(translatable) -> str:
    """The name of a Model or a condition in query strings, the same in every language."""
    return translatable.translation_key.hex[:10]


def _requirements(models) -> dict[int, list[Requirement]]:
    """Id of a Model → its conditions."""
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
        # A kind without its value cannot be checked, only answered.
        kind = c.kind if value or c.amount else ""
        found[c.page_id].append(
            Requirement(c.text, c.required, kind, c.amount or 0, value, name, short_key(c))
        )
    return found


def _blocks(models) -> dict[int, list[BlockCost]]:
    """Id of a Model → its building blocks."""
    found = defaultdict(list)
    blocks = BuildingBlock.objects.filter(page__in=models)
    for block in blocks.order_by("page_id", "sort_order", "pk"):
        found[block.page_id].append(
            BlockCost(block.title, block.cost_baht, str(block.translation_key), block.anchor)
        )
    return found


def _with_drop_counts(blocks, trials) -> tuple[BlockCost, ...]:
    times = Counter(key for trial in trials if trial.succeeded for key in trial.dropped)
    return tuple(BlockCost(b.title, b.cost, b.key, b.anchor, times[b.key]) for b in blocks)


def _trials(models, readable) -> dict[object, list[Trial]]:
    """Translation key of a Model → the replications below any of its translations."""
    keys = {model.translation_key for model in models}
    key_by_path = dict(
        ModelPage.objects.filter(translation_key__in=keys).values_list("path", "translation_key")
    )
    pages = [
        page
        for page in ReplicationPage.objects.filter(pk__in=readable.values("pk"))
        .order_by("-started", "pk")
        if page.path[: -Page.steplen] in key_by_path
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
        found[key_by_path[page.path[: -Page.steplen]]].append(
            Trial(
                page.outcome == ReplicationPage.Outcome.SUCCESS, frozenset(areas[page.pk]),
                page.households, frozenset(dropped[page.pk]), page,
            )
        )
    return found
