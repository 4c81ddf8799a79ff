"""What the member corner shows, gives out and forgets of somebody's part in follow-up."""

from django.db.models import Q
from django.utils.translation import gettext as _

from hub.changelog.recording import record
from hub.people.account_pages import AccountItem, AccountSection
from policy.ledger.clause_party_status import Cell, cell_url, with_status
from policy.ledger.rules import WORST_FIRST, ClauseStatus
from policy.models import (
    VERIFIERS,
    Clause,
    ClauseReport,
    QuietAddress,
    ResolutionPage,
    Verification,
    Withdrawal,
)


def ledger_section_of(user) -> dict | None:
    """The section of the member corner: title, template and context; None where there is none.

    For each party that ``user`` reports for, its cells: those that wait for a report first.
    """
    parties = []
    for party in user.parties.all():
        cells = cells_of(party)
        parties.append({
            "party": party,
            "waiting": [cell for cell in cells if cell.status not in (
                ClauseStatus.EVIDENCED, ClauseStatus.VERIFIED)],
            "shown": [cell for cell in cells if cell.status in (
                ClauseStatus.EVIDENCED, ClauseStatus.VERIFIED)],
        })
    is_verifier = user.groups.filter(name=VERIFIERS).exists()
    if not parties and not is_verifier:
        return None
    return {
        "title": _("What my party has to report"),
        "template": "policy/member_section.html",
        "context": {"parties": parties, "is_verifier": is_verifier},
    }


def section(user) -> AccountSection | None:
    """What waits for a report of ``user``, for her own page; None for those who report for nobody.
    """
    held = ledger_section_of(user)
    if held is None:
        return None
    items = [
        AccountItem(
            _("Resolution %(number)s, clause %(clause)s") % {
                "number": cell.clause.page.number, "clause": cell.clause.number,
            },
            cell.url, f"{one['party'].name} · {cell.status.label}",
        )
        for one in held["context"]["parties"] for cell in one["waiting"]
    ]
    return AccountSection(held["title"], items, empty=_("Nothing waits for your report."))


def cells_of(party) -> list[Cell]:
    """The cells of one party in the reader's language, the worst and longest overdue first."""
    from wagtail.models import Locale

    pages = ResolutionPage.objects.open_to_all().for_readers_of(Locale.get_active())
    clauses = Clause.objects.filter(page__in=pages.values("pk"))
    named = list(
        clauses.filter(parties=party).select_related("page").order_by("due", "page__path", "pk")
    )
    cells = [c for clause in with_status(named) for c in clause.cells if c.party == party]
    return sorted(cells, key=lambda cell: WORST_FIRST.index(cell.status))


def ledger_export_of(user) -> dict:
    """Everything follow-up knows of ``user``, as plain values."""
    reports = ClauseReport.objects.filter(reporter=user).select_related("party").order_by("pk")
    seen = Verification.objects.filter(verifier=user).select_related("party").order_by("pk")
    taken_back = Withdrawal.objects.filter(by=user).order_by("pk")
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
                "seen": v.seen, "seen_on": v.seen_on.isoformat(), "name": v.verifier_name,
                "address": cell_url(v.clause_key, v.party),
            }
            for v in seen
        ],
        "withdrawals": [
            {"reason": w.reason, "withdrawn_on": w.withdrawn_on.isoformat(), "name": w.by_name}
            for w in taken_back
        ],
    }


def ledger_erase_of(user) -> None:
    """Take the name of ``user`` out of follow-up; what parties said and the community saw stays."""
    ClauseReport.objects.filter(reporter=user).update(reporter=None, reporter_name="")
    Verification.objects.filter(verifier=user).update(verifier=None, verifier_name="")
    Withdrawal.objects.filter(by=user).update(by=None, by_name="")
    user.parties.clear()
    record("site")  # updates send no signals
    QuietAddress.objects.filter(Q(email=user.email.lower()) & ~Q(email="")).delete()
