"""Addresses of a curriculum's pack and its parts."""

from courses.models import CurriculumPage
from courses.packs import views
from hub.pages.routes import register_route


def register_routes() -> None:
    register_route(CurriculumPage, "pack/", views.whole_pack, "pack")
    register_route(CurriculumPage, "session/<int:number>/pack/", views.one_session, "session_pack")
    register_route(CurriculumPage, "epub/", views.epub, "epub")
    register_route(CurriculumPage, "pdf/", views.pdf, "pdf")
