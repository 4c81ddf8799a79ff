"""What may a user choose in a form: pages, documents and pictures, by the ids that are posted.

A chooser offers only what its user may choose, but stock Wagtail accepts any id that is posted.
``hub.access.form_gate`` holds every form to ``choosable``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.http import HttpRequest
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from hub.access.readers import Reader

LONGEST_ID = 18  # digits; a database takes no more


class Reference(NamedTuple):
    """Something that a form names: ``model`` is Page, or the model of documents or of images."""

    model: Any
    pk: str


_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


@contextmanager
def request_of_forms(request: HttpRequest | None) -> Iterator[None]:
    """Forms that are handled meanwhile are those of ``request``."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def current_request() -> HttpRequest | None:
    """The request whose forms are handled now; None in commands and tasks."""
    return _request.get()


def current_user() -> Any:
    """Who fills in the forms that are handled now; None in commands and tasks."""
    return getattr(_request.get(), "user", None)


def reference(model: Any, pk: Any) -> Reference | None:
    """The reference to ``pk`` of ``model``; None where everybody may choose what they like."""
    if not isinstance(model, type):
        return None
    for restricted in (Page, get_document_model(), get_image_model()):
        if issubclass(model, restricted):
            return Reference(restricted, str(pk))
    return None


def knowable(user: Any, references: Iterable[Reference]) -> set[Reference]:
    """Those of ``references`` whose titles ``user`` may see: what they may read, or work on."""
    return _among(user, references, _known_pages)


def choosable(user: Any, references: Iterable[Reference]) -> set[Reference]:
    """Those of ``references`` that ``user`` may choose: what their choosers offer."""
    return _among(user, references, _offered_pages)


def choosable_files(user: Any, model: Any) -> Any:
    """All documents or all pictures, by ``model``, that ``user`` may choose or change."""
    policy = policy_registry.get_by_type(model)
    return policy.instances_user_has_any_permission_for(user, ["choose", "change"])


def _among(user: Any, references: Iterable[Reference], pages_for: Any) -> set[Reference]:
    wanted = defaultdict(set)
    for model, pk in references:
        if pk.isascii() and pk.isdecimal() and len(pk) <= LONGEST_ID:
            wanted[model].add(int(pk))
    found = set()
    for model, pks in wanted.items():
        if model is Page:
            pages = pages_for(user, Page.objects.filter(pk__in=pks))
            kept = set(pages.values_list("pk", flat=True))
        elif _works_in_the_editor(user):
            files = choosable_files(user, model)
            kept = set(files.filter(pk__in=pks).values_list("pk", flat=True))
        else:
            kept = set(_reader(user).having_by_id(model, pks))
        found |= {Reference(model, str(pk)) for pk in kept}
    return found


def _works_in_the_editor(user: Any) -> bool:
    return user.is_authenticated and user.has_perm("wagtailadmin.access_admin")


def _reader(user: Any) -> Reader:
    request = _request.get()
    if request is not None and getattr(request, "user", None) == user:
        return Reader.of(request)
    return Reader.of_user(user)


def _known_pages(user: Any, pages: Any) -> Any:
    if not user.is_authenticated:
        return _reader(user).readable(pages)
    explorable = policy_registry.get_by_type(Page).explorable_instances(user)
    readable = _reader(user).readable(pages)
    return pages.filter(pk__in=_pks(explorable, pages) | _pks(readable, pages))


def _pks(found: Any, pages: Any) -> set[int]:
    among = list(pages.values_list("pk", flat=True))
    return set(found.filter(pk__in=among).values_list("pk", flat=True))


def _offered_pages(user: Any, pages: Any) -> Any:
    found = _known_pages(user, pages)
    request = _request.get()
    if request is None or getattr(request, "user", None) != user:
        request = HttpRequest()
        request.user = user
    for narrow in hooks.get_hooks("construct_page_chooser_queryset"):
        found = narrow(found, request)
    return found
