"""From policy issue to resolution, and what became of every clause."""

from policy.ledger import ClauseStatus
from policy.models.assembly import AgendaItem, AssemblyPage
from policy.models.issue import IssuePage
from policy.models.party import Party
from policy.models.reminder import QuietAddress, Reminder
from policy.models.report import ClauseReport, Withdrawal
from policy.models.resolution import Clause, ResolutionPage
from policy.models.sheet import ResolutionSheet
from policy.models.stretch import StatusStretch
from policy.models.verification import VERIFIERS, Verification

__all__ = [
    "VERIFIERS", "AgendaItem", "AssemblyPage", "Clause", "ClauseReport", "ClauseStatus",
    "IssuePage", "Party", "QuietAddress", "Reminder", "ResolutionPage", "ResolutionSheet",
    "StatusStretch", "Verification", "Withdrawal",
]
