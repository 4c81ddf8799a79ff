"""Addresses below an assembly that this room answers."""

from hub.pages.routes import register_route
from policy.models import AssemblyPage
from policy.process import calendar, proposal_views


def register_routes() -> None:
    register_route(AssemblyPage, "calendar.ics/", calendar.calendar, "calendar")
    register_route(AssemblyPage, "propose/", proposal_views.propose, "propose")
    register_route(AssemblyPage, "proposals/", proposal_views.proposals, "proposals")
