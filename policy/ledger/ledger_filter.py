"""Filters of the ledger: an assembly, a party, an area, a status, a channel, a day."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Locale, Site

from hub.forms.date_fields import explanation
from hub.forms.query import query_value
from hub.models import Area
from hub.models.generation import kept
from hub.thai.dates import NotADate, read_date
from hub.web.navigation import site_of
from policy.ledger.rules import ClauseStatus
from policy.models import AssemblyPage, Clause, Party, ResolutionPage, StatusPeriod

PARAMETERS = ("assembly", "party", "area", "status", "channel", "on")


@dataclass(frozen=True)
class LedgerFilter:
    """The selected filters, and the clauses that match them."""

    site: Site | None
    locale: Locale
    day: date
    assembly: AssemblyPage | None = None
    party: Party | None = None
    area: Area | None = None
    status: ClauseStatus | None = None
    channel: Clause.Channel | None = None
    typed_day: str = ""  # as it was typed, where it is no day
    day_error: str = ""  # why it is none
    request: HttpRequest | None = None  # that the filters come from

    @classmethod
    def of(cls, request, **fixed):
        """The filters of the query of ``request``; unknown values are ignored.

        ``fixed`` filters take precedence over the query.
        """
        code = (get_language() or "th")[:2]
        locale = kept(
            request, ("locale", code), lambda: Locale.objects.get(language_code=code))
        empty = cls(site_of(request), locale, timezone.localdate(), request=request)
        query = {name: query_value(request, name, 60) for name in PARAMETERS}
        selected = {
            **_day(query.get("on", "").strip()),
            "assembly": empty.assemblies().filter(pk=_number(query.get("assembly"))).first()
            if query.get("assembly") else None,
            "party": Party.objects.filter(organisation__slug=query.get("party", "")).first()
            if query.get("party") else None,
            "area": Area.objects.filter(geocode=query.get("area", "")).first()
            if query.get("area") else None,
            "status": _member(ClauseStatus, query.get("status")),
            "channel": _member(Clause.Channel, query.get("channel")),
        }
        return replace(empty, **selected | fixed)

    @property
    def parameters(self) -> str:
        """The filters as a query string; empty for the whole ledger as of today."""
        query = QueryDict(mutable=True)
        for name, value in (
            ("assembly", self.assembly and self.assembly.pk),
            ("party", self.party and self.party.slug),
            ("area", self.area and self.area.geocode),
            ("status", self.status), ("channel", self.channel),
            ("on", self.day.isoformat() if self.day != timezone.localdate() else ""),
        ):
            if value:
                query[name] = value
        return query.urlencode()

    def without(self, *names):
        """The same filters without these."""
        return replace(self, **dict.fromkeys(names))

    def unfiltered(self):
        """The whole ledger of the site, language and day."""
        return self.without("assembly", "party", "area", "status", "channel")

    # What matches

    def assemblies(self):
        """The public assemblies, newest first."""
        pages = AssemblyPage.objects.open_to_all().of_site(self.site, self.request)
        return pages.for_readers_of(self.locale).order_by("-held_on", "path")

    def resolutions(self):
        pages = ResolutionPage.objects.open_to_all().of_site(self.site, self.request)
        pages = pages.for_readers_of(self.locale).filter(adopted_on__lte=self.day)
        if self.assembly:
            # An untranslated resolution is below the assembly in the other language.
            below = Q()
            key = self.assembly.translation_key
            assemblies = AssemblyPage.objects.filter(translation_key=key)
            for path in assemblies.values_list("path", flat=True):
                below |= Q(path__startswith=path)
            pages = pages.filter(below)
        if self.area:
            tagged = ResolutionPage.objects.filter(areas__in=Area.objects.within(self.area))
            pages = pages.filter(pk__in=tagged.values("pk"))
        return pages

    def clauses(self):
        """The matching clauses, those of the newest resolution first."""
        clauses = Clause.objects.filter(page__in=self.resolutions().order_by().values("pk"))
        if self.channel:
            clauses = clauses.filter(channel=self.channel)
        if self.party or self.status:
            clauses = clauses.filter(
                Exists(self._periods().filter(clause_key=OuterRef("translation_key")))
            )
        return clauses.order_by("-page__adopted_on", "page__path", "sort_order", "pk")

    def _periods(self):
        """Status periods of the selected party, else of whole clauses, with the selected status."""
        periods = StatusPeriod.objects.on(self.day).filter(party=self.party)
        return periods.filter(status=self.status) if self.status else periods

    def totals(self) -> dict[ClauseStatus, int]:
        """The number of clauses by status, regardless of the status filter."""
        any_status = self.without("status")
        counts = dict(
            any_status._periods()
            .filter(clause_key__in=any_status.clauses().order_by().values("translation_key"))
            .order_by()
            .values_list("status")
            .annotate(Count("pk"))
        )
        return {status: counts.get(status.value, 0) for status in ClauseStatus}


def _day(text) -> dict:
    """The fields for the day that was typed: the day, or why it is none; empty for no text."""
    if not text:
        return {}
    try:
        return {"day": read_date(text)}
    except NotADate as refused:
        return {"typed_day": text, "day_error": explanation(refused)}


def _number(text) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _member(choices, value):
    return choices(value) if value in choices.values else None
