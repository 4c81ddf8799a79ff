"""The addresses of published versions below every knowledge page."""

from hub.models import KnowledgePage
from hub.pages.routes import register_route
from hub.versions import views


def register_routes() -> None:
    for pattern, view, name in (
        ("versions/", views.listed, "versions"),
        ("v/<int:number>/", views.read, "version"),
        ("v/<int:old>/to/<int:new>/", views.compared, "difference"),
        ("v/<int:number>/cite/", views.cited, "cite"),
        ("v/<int:number>/cite/<slug:form>/", views.citation_file, "citation"),
    ):
        register_route(KnowledgePage, pattern, view, name)
