"""Publishes the resolutions of a spreadsheet: all of them, or none."""

from django.db import transaction
from django.utils import timezone

from hub.pages.forms import available_slug
from hub.thai.dates import read_date
from hub.thai.slugs import slugify_thai
from policy.models import AssemblyPage, Clause, Party, ResolutionPage


def existing_numbers(assembly) -> set[str]:
    """The numbers of the resolutions that ``assembly`` has in any language, published or not."""
    assemblies = AssemblyPage.objects.filter(translation_key=assembly.translation_key)
    return {
        number for each in assemblies
        for number in ResolutionPage.objects.child_of(each).values_list("number", flat=True)
    }


@transaction.atomic
def import_sheet(sheet, user) -> list[ResolutionPage]:
    """Publish every resolution of ``sheet`` below its assembly, owned by ``user``.

    Raises ValueError if meanwhile a number was used or a party was deleted.
    """
    parties = {party.slug: party for party in Party.objects.all()}
    needed = {slug for r in sheet.resolutions for c in r["clauses"] for slug in c["parties"]}
    if existing_numbers(sheet.assembly) & {r["number"] for r in sheet.resolutions}:
        raise ValueError("A number is in use.")
    if not needed <= parties.keys():
        raise ValueError("A party was deleted.")
    resolutions = [_publish(sheet.assembly, values, parties, user) for values in sheet.resolutions]
    sheet.imported_at = timezone.now()
    sheet.save(update_fields=["imported_at"])
    return resolutions


def _publish(assembly, values, parties, user) -> ResolutionPage:
    page = ResolutionPage(
        title=values["title"], number=values["number"], locale=assembly.locale,
        summary=values["summary"] or values["title"],
        adopted_on=read_date(values["adopted_on"]), adoption=values["adoption"],
        is_demonstration=assembly.is_demonstration, owner=user,
    )
    page.slug = available_slug(
        slugify_thai(f"{values['number']} {values['title']}")[:200], assembly, page
    )
    clauses = []
    for order, row in enumerate(values["clauses"]):
        clause = Clause(
            locale=assembly.locale, sort_order=order, number=row["number"], text=row["text"],
            channel=row["channel"], due=read_date(row["due"]) if row["due"] else None,
        )
        clause.parties = [parties[slug] for slug in row["parties"]]
        clauses.append(clause)
    page.clauses = clauses
    assembly.add_child(instance=page)
    page.save_revision(user=user, log_action=True).publish(user=user)
    return page
