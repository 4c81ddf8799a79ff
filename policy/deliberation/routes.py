"""Addresses below a draft resolution that this room answers."""

from hub.pages.routes import register_route
from policy.deliberation import (
    adoption_views,
    contribution_views,
    paragraph_views,
    secretariat_views,
)
from policy.models import DraftResolutionPage


def register_routes() -> None:
    for pattern, view, name in (
        ("p/<str:label>/", paragraph_views.paragraph, "paragraph"),
        ("p/<str:label>/trace/", paragraph_views.history, "paragraph_history"),
        ("p/<str:label>/<str:kind>/", paragraph_views.contribute, "contribute"),
        ("said/<int:pk>/edit/", contribution_views.edit, "edit_contribution"),
        ("said/<int:pk>/withdraw/", contribution_views.withdraw, "withdraw_contribution"),
        ("said/<int:pk>/rebase/", contribution_views.rebase, "rebase_amendment"),
        ("said/<int:pk>/report/", contribution_views.report, "report_contribution"),
        ("secretariat/", secretariat_views.overview, "secretariat"),
        ("secretariat/decide/", secretariat_views.decide, "decide"),
        ("secretariat/split/", secretariat_views.split, "split_paragraph"),
        ("secretariat/join/", secretariat_views.join, "join_paragraphs"),
        ("secretariat/moderate/", secretariat_views.moderate, "moderate"),
        ("secretariat/adopt/", adoption_views.adopt, "adopt"),
    ):
        register_route(DraftResolutionPage, pattern, view, name)
