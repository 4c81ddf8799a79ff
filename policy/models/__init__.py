"""From policy issue to resolution, and what became of every clause."""

from policy.ledger.rules import ClauseStatus
from policy.models.assembly import AgendaItem, AssemblyPage
from policy.models.contribution import Complaint, Contribution, EarlierText
from policy.models.draft import DraftResolutionPage
from policy.models.issue import IssuePage
from policy.models.paragraph import Decision, Paragraph, Wording
from policy.models.party import Party
from policy.models.process import Hearing, HearingGroup, ProcessStage
from policy.models.proposal import AgendaProposal
from policy.models.reminder import QuietAddress, Reminder
from policy.models.report import ClauseReport, Withdrawal
from policy.models.resolution import Clause, ResolutionPage
from policy.models.resolution_sheet import ResolutionSheet
from policy.models.status_period import StatusPeriod
from policy.models.verification import VERIFIERS, Verification

__all__ = [
    "VERIFIERS", "AgendaItem", "AgendaProposal", "AssemblyPage", "Clause", "ClauseReport",
    "ClauseStatus", "Complaint", "Contribution", "Decision", "DraftResolutionPage",
    "EarlierText", "Hearing", "HearingGroup", "IssuePage", "Paragraph", "Party",
    "ProcessStage", "QuietAddress", "Reminder", "ResolutionPage", "ResolutionSheet",
    "StatusPeriod", "Verification", "Withdrawal", "Wording",
]
