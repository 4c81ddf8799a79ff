"""Makes published resolutions of what was read from a spreadsheet: all of them, or none."""

from django.db import transaction
from django.utils import timezone

from hub.pages.forms import available_slug
from hub.thai.dates import read_date
from hub.thai.slugs import slugify_thai
from policy.models import Clause, Party, ResolutionPage


def numbers_taken(assembly) -> set[str]:
    """The numbers of the resolutions that ``assembly`` has, published or not."""
    return set(ResolutionPage.objects.child_of(assembly).values_list("number", flat=True))


@transaction.atomic
def take_in(sheet, user) -> list[ResolutionPage]:
    """Publish every resolution of ``sheet`` below its assembly, in the name of ``user``.

    Raises ValueError when a number was taken or a party went away since the sheet was read.
    """
    parties = {party.slug: party for party in Party.objects.all()}
    wanted = {slug for r in sheet.resolutions for c in r["clauses"] for slug in c["parties"]}
    if numbers_taken(sheet.assembly) & {r["number"] for r in sheet.resolutions}:
        raise ValueError("A number is taken.")
    if not wanted <= parties.keys():
        raise ValueError("A party is gone.")
    made = [_publish(sheet.assembly, values, parties, user) for values in sheet.resolutions]
    sheet.taken_in_at = timezone.now()
    sheet.save(update_fields=["taken_in_at"])
    return made


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
    for order, said in enumerate(values["clauses"]):
        clause = Clause(
            locale=assembly.locale, sort_order=order, number=said["number"], text=said["text"],
            channel=said["channel"], due=read_date(said["due"]) if said["due"] else None,
        )
        clause.parties = [parties[slug] for slug in said["parties"]]
        clauses.append(clause)
    page.clauses = clauses
    assembly.add_child(instance=page)
    page.save_revision(user=user, log_action=True).publish(user=user)
    return page
