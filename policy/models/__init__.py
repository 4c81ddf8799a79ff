"""From policy issue to resolution, and what became of every clause."""

from policy.models.assembly import AgendaItem, AssemblyPage
from policy.models.issue import IssuePage
from policy.models.party import Party
from policy.models.report import ClauseReport, ClauseStatus
from policy.models.resolution import Clause, ResolutionPage

__all__ = [
    "AgendaItem", "AssemblyPage", "Clause", "ClauseReport", "ClauseStatus", "IssuePage", "Party",
    "ResolutionPage",
]
