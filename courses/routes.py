"""Registers the addresses below a curriculum that rooms of this app answer."""

from courses import structured_data
from courses.downloads import routes as download_routes
from courses.models import CurriculumPage
from courses.packs import routes as pack_routes
from courses.updates import routes as update_routes
from hub.pages.routes import register_route


def register_routes() -> None:
    pack_routes.register_routes()
    update_routes.register_routes()
    download_routes.register_routes()
    register_route(CurriculumPage, "json/", structured_data.json_response, "json")
