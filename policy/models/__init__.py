"""From policy issues to resolutions and the follow-up of every clause."""

from policy.models.assembly import AgendaItem, AssemblyPage
from policy.models.clause_terms import Amendment, ClauseTerms, ClauseTermsParty
from policy.models.contribution import Complaint, Contribution, ContributionRevision
from policy.models.draft import DraftResolutionPage
from policy.models.issue import IssuePage
from policy.models.paragraph import Decision, Paragraph, Wording
from policy.models.party import Party
from policy.models.process import Hearing, HearingGroup, ProcessStage
from policy.models.proposal import AgendaProposal
from policy.models.reminder import Reminder, ReminderOptOut
from policy.models.report import ClauseReport, Withdrawal
from policy.models.resolution import Clause, ResolutionPage
from policy.models.resolution_sheet import ResolutionSheet
from policy.models.status_period import StatusPeriod
from policy.models.verification import VERIFIERS, Verification

__all__ = [
    "VERIFIERS", "AgendaItem", "AgendaProposal", "Amendment", "AssemblyPage", "Clause",
    "ClauseReport", "ClauseTerms", "ClauseTermsParty", "Complaint", "Contribution",
    "ContributionRevision", "Decision", "DraftResolutionPage", "Hearing", "HearingGroup",
    "IssuePage", "Paragraph", "Party", "ProcessStage", "Reminder", "ReminderOptOut",
    "ResolutionPage", "ResolutionSheet", "StatusPeriod", "Verification", "Withdrawal", "Wording",
]
