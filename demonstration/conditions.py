"""The conditions of a Model as its text states them, with what can be checked of them."""

from models_lib.models import CommunityGroup, Condition, Skill


def of(page, values) -> list[Condition]:
    """The conditions in ``values``; skills and groups are named there by their slugs."""
    made = []
    for condition in values.get("conditions", []):
        condition = dict(condition)
        for name, model in (("skill", Skill), ("group", CommunityGroup)):
            if slug := condition.get(name):
                condition[name] = model.objects.filter(slug=slug).first()
        made.append(Condition(locale=page.locale, **condition))
    return made
