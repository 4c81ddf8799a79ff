"""The addresses below a Model at which replications are reported."""

from hub.pages.routes import register_route
from models_lib.models import ModelPage
from models_lib.replications.views import replicate


def register_routes() -> None:
    register_route(ModelPage, "replicate/", replicate, "replicate")
    register_route(ModelPage, "replicate/<uuid:key>/", replicate, "continue_report")
