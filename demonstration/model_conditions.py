"""The conditions of a Model as its text states them, with values that can be checked."""

from models_lib.models import CommunityGroup, Condition, Skill


def conditions_of(page, values) -> list[Condition]:
    """The conditions in ``values``; skills and groups are named there by their slugs."""
    conditions = []
    for condition in values.get("conditions", []):
        condition = dict(condition)
        for name, model in (("skill", Skill), ("group", CommunityGroup)):
            if slug := condition.get(name):
                condition[name] = model.objects.filter(slug=slug).first()
        conditions.append(Condition(locale=page.locale, **condition))
    return conditions
