"""The addresses of the chain below every knowledge page."""

from hub.chain.page import chain_as_json, chain_page
from hub.models import KnowledgePage
from hub.pages.routes import register_route


def register_routes() -> None:
    register_route(KnowledgePage, "chain/", chain_page, "chain")
    register_route(KnowledgePage, "chain/json/", chain_as_json, "chain_json")
