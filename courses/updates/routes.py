"""Addresses of what changed in a curriculum, and of following it."""

from courses.models import CurriculumPage
from courses.updates import follow_views, views
from hub.pages.routes import register_route


def register_routes() -> None:
    register_route(CurriculumPage, "since/", views.which_copy, "which_copy")
    register_route(CurriculumPage, "since/<int:number>/", views.since, "since")
    register_route(
        CurriculumPage, "since/<int:number>/pack/", views.changed_files, "changed_files"
    )
    register_route(CurriculumPage, "follow/", follow_views.follow, "follow")
    register_route(
        CurriculumPage, "follow/asked/", follow_views.follow_requested, "follow_requested"
    )
