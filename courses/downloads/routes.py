"""Addresses of a curriculum's download statistics."""

from courses.downloads import views
from courses.models import CurriculumPage
from hub.pages.routes import register_route


def register_routes() -> None:
    register_route(CurriculumPage, "downloads/", views.statistics_page, "downloads")
    register_route(CurriculumPage, "downloads/csv/", views.statistics_as_csv, "downloads_csv")
    register_route(CurriculumPage, "downloads/json/", views.statistics_as_json, "downloads_json")
