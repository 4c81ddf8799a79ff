"""A user's part in follow-up: on their own page, in their data, and when they leave."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from wagtail.models import Locale

from hub.changelog.recording import record
from hub.models.addresses import at_addresses_of
from hub.people.account_pages import AccountItem, AccountSection
from policy.ledger.clause_party_status import ClausePartyStatus, cell_url, with_status
from policy.ledger.rules import SETTLED, WORST_FIRST
from policy.models import (
    Amendment,
    Clause,
    ClauseReport,
    Party,
    ReminderOptOut,
    ResolutionPage,
    Verification,
    Withdrawal,
)
from policy.permissions import is_verifier


@dataclass(frozen=True)
class PartyClauses:
    """The cells of one party: those that wait for a report or evidence, and the settled ones."""

    party: Party
    waiting: list[ClausePartyStatus]
    settled: list[ClausePartyStatus]


def party_clauses(user) -> list[PartyClauses]:
    """The cells of each party that ``user`` reports for."""
    found = []
    for party in user.parties.all():
        cells = cells_of(party)
        found.append(PartyClauses(
            party, [cell for cell in cells if cell.status not in SETTLED],
            [cell for cell in cells if cell.status in SETTLED],
        ))
    return found


def section(user) -> AccountSection | None:
    """The cells that wait for a report; None for users without a party who do not verify."""
    parties = party_clauses(user)
    if not parties and not is_verifier(user):
        return None
    items = [
        AccountItem(
            _("Resolution %(number)s, clause %(clause)s") % {
                "number": cell.clause.page.number, "clause": cell.clause.number,
            },
            cell.url, f"{clauses.party.name} · {cell.status.label}",
        )
        for clauses in parties for cell in clauses.waiting
    ]
    return AccountSection(
        _("What my party has to report"), items, empty=_("Nothing waits for your report.")
    )


def cells_of(party) -> list[ClausePartyStatus]:
    """The cells of one party in the active language, worst status first, then by due date."""
    pages = ResolutionPage.objects.open_to_all().for_readers_of(Locale.get_active())
    clauses = Clause.objects.filter(page__in=pages.values("pk"))
    named = list(
        clauses.filter(parties=party).select_related("page").order_by("due", "page__path", "pk")
    )
    cells = [c for clause in with_status(named) for c in clause.cells if c.party == party]
    return sorted(cells, key=lambda cell: WORST_FIRST.index(cell.status))


def export_of(user) -> dict:
    """All follow-up data of ``user``, as values that JSON can represent."""
    reports = (
        ClauseReport.objects.filter(reporter=user).select_related("party__organisation")
        .order_by("pk")
    )
    verifications = (
        Verification.objects.filter(verifier=user).select_related("party__organisation")
        .order_by("pk")
    )
    withdrawals = Withdrawal.objects.filter(withdrawn_by=user).order_by("pk")
    return {
        "parties": [party.name for party in user.parties.all()],
        "reports": [
            {
                "party": r.party.name, "clause": str(r.clause_key), "claim": r.claim,
                "evidence": r.evidence, "reported_on": r.reported_on.isoformat(),
                "name": r.reporter_name, "address": cell_url(r.clause_key, r.party),
            }
            for r in reports
        ],
        "verifications": [
            {
                "party": v.party.name, "clause": str(v.clause_key), "finding": v.finding,
                "observation": v.observation, "observed_on": v.observed_on.isoformat(),
                "name": v.verifier_name, "address": cell_url(v.clause_key, v.party),
            }
            for v in verifications
        ],
        "withdrawals": [
            {"reason": w.reason, "withdrawn_on": w.withdrawn_on.isoformat(),
             "name": w.withdrawn_by_name}
            for w in withdrawals
        ],
        "amendments": [
            {"reason": a.reason, "recorded_on": a.recorded_on.isoformat(),
             "name": a.amended_by_name}
            for a in Amendment.objects.filter(amended_by=user)
        ],
    }


def erase_of(user) -> None:
    """Remove the name of ``user`` from follow-up; reports and verifications stay.

    A party whose contact they were has none until the secretariat enters another.
    """
    ClauseReport.objects.filter(reporter=user).update(reporter=None, reporter_name="")
    Verification.objects.filter(verifier=user).update(verifier=None, verifier_name="")
    Withdrawal.objects.filter(withdrawn_by=user).update(withdrawn_by=None, withdrawn_by_name="")
    Amendment.objects.filter(amended_by=user).update(amended_by=None, amended_by_name="")
    user.parties.clear()
    record("site")  # updates send no signals
    ReminderOptOut.objects.filter(at_addresses_of(user)).delete()
    Party.objects.filter(at_addresses_of(user)).update(email="")
