"""Addresses below a draft resolution that this room answers."""

from hub.pages.routes import register_route
from policy.models import DraftResolutionPage
from policy.register import paper_results_views, views


def register_routes() -> None:
    for pattern, view, name in (
        ("register/", views.register, "register"),
        ("register.<str:kind>/", views.download, "register_file"),
        ("secretariat/results/", paper_results_views.import_results, "import_results"),
    ):
        register_route(DraftResolutionPage, pattern, view, name)
