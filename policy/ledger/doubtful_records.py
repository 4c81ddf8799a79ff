"""Records that were stored wrongly before forms asked: years of the wrong era, numbers twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hub.formatting import language
from hub.health.findings import Finding, State
from hub.thai.dates import BUDDHIST_ERA, BUDDHIST_YEARS, COMMON_YEARS, format_date
from policy.models import AssemblyPage, Clause, ResolutionPage, StatusPeriod

COMPUTED = (StatusPeriod,)  # its last day is the end of time
MOST_TOLD = 5


@dataclass(frozen=True)
class Doubt:
    """One record and what is doubtful of it, for an administrator."""

    record: str
    says: str


def doubts() -> list[Doubt]:
    """All doubtful records, in few queries for each kind."""
    return [*misdated(), *repeated_numbers()]


def is_typed_day(field) -> bool:
    """Whether a field holds a day; moments are written by the clock."""
    return isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)


def misdated() -> Iterator[Doubt]:
    """Records of policy with a date of a year that no date has: mostly Buddhist years that were
    stored as years of the common era."""
    for model in apps.get_app_config("policy").get_models():
        fields = [f for f in model._meta.local_fields if is_typed_day(f)]
        if model in COMPUTED or not fields:
            continue
        outside = Q()
        for field in fields:
            outside |= Q(**{f"{field.name}__gte": date(COMMON_YEARS[-1] + 1, 1, 1)})
            outside |= Q(**{f"{field.name}__lt": date(COMMON_YEARS[0], 1, 1)})
        for record in model._base_manager.filter(outside).order_by("pk"):
            for field in fields:
                value = getattr(record, field.name)
                if value is not None and value.year not in COMMON_YEARS:
                    yield Doubt(_name_of(record), _said_of(field, value))


def _said_of(field, day) -> str:
    values = {"field": field.verbose_name, "year": day.year}
    if day.year in BUDDHIST_YEARS:
        values["meant"] = format_date(
            date(day.year - BUDDHIST_ERA, day.month, min(day.day, 28)), language())
        return _("%(field)s: the year %(year)s is stored; %(meant)s may be meant.") % values
    return _("%(field)s: the year %(year)s is stored.") % values


def _name_of(record) -> str:
    return f"{record._meta.verbose_name} {record.pk}: {str(record)[:60]}"


def repeated_numbers() -> Iterator[Doubt]:
    """Resolutions of one assembly, and clauses of one resolution, that have one number."""
    step = ResolutionPage.steplen
    seen = {}
    assemblies = dict(AssemblyPage.objects.values_list("path", "translation_key"))
    for page in ResolutionPage.objects.filter(alias_of=None).defer("body").order_by("path"):
        place = assemblies.get(page.path[:-step]), page.number
        first = seen.setdefault(place, page.translation_key)
        if place[0] and first != page.translation_key:
            yield Doubt(_name_of(page), _("Its assembly has another resolution %(number)s.") % {
                "number": page.number})
    twice = Clause.objects.order_by().values("page_id", "number").annotate(
        rows=Count("pk")).filter(rows__gt=1)
    pages = ResolutionPage.objects.in_bulk(row["page_id"] for row in twice)
    for row in twice:
        yield Doubt(_name_of(pages[row["page_id"]]), _(
            "There are two clauses with the number %(number)s.") % {"number": row["number"]})


TITLE = gettext_lazy("Records of resolutions")


def health() -> Finding | None:
    """For the page Health; None where there is no resolution."""
    if not ResolutionPage.objects.exists():
        return None
    found = doubts()
    if not found:
        return Finding(State.WELL, _("Every date and number is plausible."))
    told = "; ".join(f"{doubt.record} – {doubt.says}" for doubt in found[:MOST_TOLD])
    count = ngettext(
        "%(number)d record is doubtful.", "%(number)d records are doubtful.", len(found)
    ) % {"number": len(found)}
    return Finding(
        State.LOOK, f"{count} {told}",
        _("Amend the resolution, or change the page. manage.py check_ledger lists all of them."),
    )
