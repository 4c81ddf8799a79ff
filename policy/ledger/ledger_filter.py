"""Which part of the ledger a reader looks at: an assembly, a party, an area, a status, a day."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Locale, Site

from hub.models import Area
from hub.thai.dates import NotADate, read_date
from hub.web.navigation import site_of
from policy.ledger.rules import ClauseStatus
from policy.models import AssemblyPage, Clause, Party, ResolutionPage, StatusPeriod


@dataclass(frozen=True)
class LedgerFilter:
    """What was chosen, and the clauses that it leaves."""

    site: Site | None
    locale: Locale
    day: date
    assembly: AssemblyPage | None = None
    party: Party | None = None
    area: Area | None = None
    status: ClauseStatus | None = None
    channel: Clause.Channel | None = None

    @classmethod
    def of(cls, request, **fixed):
        """What the address of ``request`` chooses; what it names and is not there is left out.

        ``fixed`` is what the page itself is about and goes before the address.
        """
        locale = Locale.objects.get(language_code=(get_language() or "th")[:2])
        empty = cls(site_of(request), locale, timezone.localdate())
        asked = {name: _short(request.GET.get(name)) for name in request.GET}
        chosen = {
            "day": _day(asked.get("on", "")) or empty.day,
            "assembly": empty.assemblies().filter(pk=_number(asked.get("assembly"))).first()
            if asked.get("assembly") else None,
            "party": Party.objects.filter(slug=asked.get("party", "")).first()
            if asked.get("party") else None,
            "area": Area.objects.filter(geocode=asked.get("area", "")).first()
            if asked.get("area") else None,
            "status": _member(ClauseStatus, asked.get("status")),
            "channel": _member(Clause.Channel, asked.get("channel")),
        }
        return replace(empty, **chosen | fixed)

    @property
    def parameters(self) -> str:
        """The choice as the query of an address; empty for all of the ledger as of today."""
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
        """The same choice with these left open."""
        return replace(self, **dict.fromkeys(names))

    # What it leaves

    def assemblies(self):
        """The assemblies that anybody may read, the newest first."""
        pages = AssemblyPage.objects.open_to_all().of_site(self.site)
        return pages.for_readers_of(self.locale).order_by("-held_on", "path")

    def resolutions(self):
        pages = ResolutionPage.objects.open_to_all().of_site(self.site)
        pages = pages.for_readers_of(self.locale).filter(adopted_on__lte=self.day)
        if self.assembly:
            # A resolution that has no translation stands below the assembly's other version.
            below = Q()
            twins = AssemblyPage.objects.filter(translation_key=self.assembly.translation_key)
            for path in twins.values_list("path", flat=True):
                below |= Q(path__startswith=path)
            pages = pages.filter(below)
        if self.area:
            tagged = ResolutionPage.objects.filter(areas__in=Area.objects.within(self.area))
            pages = pages.filter(pk__in=tagged.values("pk"))
        return pages

    def clauses(self):
        """The clauses that are left, those of the newest resolution first."""
        clauses = Clause.objects.filter(page__in=self.resolutions().order_by().values("pk"))
        if self.channel:
            clauses = clauses.filter(channel=self.channel)
        if self.party or self.status:
            clauses = clauses.filter(
                Exists(self._stretches().filter(clause_key=OuterRef("translation_key")))
            )
        return clauses.order_by("-page__adopted_on", "page__path", "sort_order", "pk")

    def _stretches(self):
        """Those of the chosen party, else of whole clauses; of one status if it is chosen."""
        stretches = StatusPeriod.objects.on(self.day).filter(party=self.party)
        return stretches.filter(status=self.status) if self.status else stretches

    def totals(self) -> dict[ClauseStatus, int]:
        """How many clauses have each status, whatever status is chosen."""
        every = self.without("status")
        counted = dict(
            every._stretches()
            .filter(clause_key__in=every.clauses().order_by().values("translation_key"))
            .order_by()
            .values_list("status")
            .annotate(Count("pk"))
        )
        return {status: counted.get(status.value, 0) for status in ClauseStatus}


def _short(value) -> str:
    """A parameter fit for any database: short, without NUL or lone surrogates."""
    return (value or "")[:60].replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _day(text) -> date | None:
    """The day that a parameter names; None of one that names none."""
    try:
        return read_date(text)
    except NotADate:
        return None


def _number(text) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _member(choices, value):
    return choices(value) if value in choices.values else None
