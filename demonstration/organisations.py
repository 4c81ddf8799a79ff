"""Invented organisations: parties, contributors of pages, participants, authors of lessons."""

from django.db import transaction
from django.db.models import ProtectedError

from demonstration import texts
from hub.models import Contributor, Organisation
from policy.models import Party

FILE = "organisations.toml"


def load() -> None:
    """Create those that are missing, and the parties among them."""
    for values in texts.read(FILE)["organisations"]:
        is_party = values.pop("is_party", False)
        organisation, _new = Organisation.objects.get_or_create(
            slug=values.pop("slug"), defaults=values
        )
        if is_party:
            Party.objects.get_or_create(organisation=organisation)


def affiliation(name) -> dict:
    """``organisation`` and ``other_organisation`` for a name in Thai or English."""
    ours = Organisation.objects.filter(slug__in=_slugs())
    found = name and (ours.filter(name_th=name) | ours.filter(name_en=name)).first()
    return {"organisation": found or None, "other_organisation": "" if found else name}


def contributors(rows) -> list[Contributor]:
    """The contributors of a page as its text names them."""
    return [
        Contributor(name=row["name"], role=row.get("role", ""), sort_order=number,
                    **affiliation(row.get("organisation", "")))
        for number, row in enumerate(rows)
    ]


def remove() -> None:
    """Delete the parties and organisations that nothing else uses by now."""
    Party.objects.filter(
        organisation__slug__in=_slugs(), clauses=None, reports=None, verifications=None
    ).delete()
    for organisation in Organisation.objects.filter(slug__in=_slugs()):
        if Contributor.objects.filter(organisation=organisation).exists():
            continue
        try:
            with transaction.atomic():
                organisation.delete()
        except ProtectedError:
            continue


def _slugs() -> list[str]:
    return [values["slug"] for values in texts.read(FILE)["organisations"]]
