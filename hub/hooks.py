"""The hooks by which an app plugs into the base layer, each with its name and signature.

They are Wagtail's hooks: an app registers in its ``wagtail_hooks.py``, beside the hooks of
Wagtail's admin, and nothing in ``hub`` names an app::

    from wagtail import hooks

    @hooks.register("account_section", order=20)
    def my_courses(user): ...

``order`` decides the order where it matters (lower first). A hook whose name begins with
``register_`` is called without arguments once per use and returns what is registered; the others
are called with the arguments below. A test holds every registration to this list.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from wagtail import hooks

if TYPE_CHECKING:
    from hub.access.readers import Reader
    from hub.chain.broken_links import Check
    from hub.chain.graph import NonPageNode
    from hub.files.document_text import TextStatus
    from hub.health.findings import HealthCheck
    from hub.jobs.scheduler import Job
    from hub.models import KnowledgePage
    from hub.models.subscription import Subscription
    from hub.pages.form_extensions import FormExtension
    from hub.pages.page_search import SimilarPage
    from hub.people.account_pages import AccountSection
    from hub.people.personal_data import PersonalData

SIGNATURES: dict[str, Callable] = {}  # by name


def _hook(function: Callable) -> Callable:
    SIGNATURES[function.__name__] = function
    return function


# Forms and pages


@_hook
def register_form_extension() -> FormExtension:
    """Questions that an app asks in the forms of other apps' pages."""


@_hook
def segment_words(text: str) -> list[str]:
    """``text`` cut into words and what stands between them; joined, they are ``text`` again."""


@_hook
def find_similar_pages(
    text: str, stages: list[str], request: HttpRequest | None, language: str | None, limit: int
) -> list[SimilarPage]:
    """Pages of ``stages`` that have words of ``text``, best first."""


@_hook
def page_context(page: KnowledgePage, request: HttpRequest) -> dict[str, Any]:
    """What a room adds to the context of a page's template."""


# The chain


@_hook
def register_chain_checks() -> list[Check]:
    """Ways in which the chain can be broken, for the report on broken links."""


@_hook
def non_page_nodes(pages: list[KnowledgePage]) -> dict[int, list[NonPageNode]]:
    """How the chain goes on behind ``pages`` without being a page, by id of the page."""


# Files


@_hook
def refused_documents(pks: list[int], reader: Reader) -> set[int]:
    """Those of the documents ``pks`` that an app keeps from ``reader``, in few queries."""


@_hook
def document_text_status(pks: list[int]) -> dict[int, TextStatus]:
    """What came of extracting the text of each document."""


@_hook
def extract_document_text(pk: int) -> None:
    """Extract the text of one document now, in up to a minute, and keep it."""


# People


@_hook
def reader_kind(user: Any) -> Hashable:
    """What an app tells readers apart by, beside restrictions: who has the same is shown the same
    pages. Views ask ``Reader.answer`` with the registered function itself."""


@_hook
def account_section(user: Any) -> AccountSection | None:
    """A section of a member's own page; None when there is nothing to show."""


@_hook
def register_personal_data() -> PersonalData:
    """What an app holds of a person: how it is exported and how it is erased."""


@_hook
def confirmation_email(subscription: Subscription) -> EmailMessage | None:
    """The e-mail that asks to confirm ``subscription``; None when it is of another app."""


# Operation


@_hook
def register_job() -> Job:
    """Work that the schedule does every so often."""


@_hook
def register_health_check() -> HealthCheck:
    """A look at whether something works, for the page **Health**, the command ``health`` and the
    metrics: what was found, how bad it is and what to do about it."""


@_hook
def load_reference_data(added: dict[str, int]) -> dict[str, int]:
    """Add what is missing of an app's reference data; returns what was added, and how many.

    ``added`` is what the base layer and apps before it added in this run.
    """


@_hook
def count_response(request: HttpRequest, response: HttpResponse) -> None:
    """Count an answer that was sent; asks the database nothing."""


def registered(name: str) -> list[Callable]:
    """What is registered under ``name``, in order. Raises KeyError for a name not listed here."""
    if name not in SIGNATURES:
        raise KeyError(name)
    return hooks.get_hooks(name)


def provider(name: str) -> Callable:
    """The one function registered under ``name``. Raises LookupError when there is none."""
    functions = registered(name)
    if not functions:
        raise LookupError(f"No app provides the hook “{name}”; is it in INSTALLED_APPS?")
    return functions[0]
