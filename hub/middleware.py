"""Middleware: headers of every response, health checks, valid input, atomic writes, who fills in
forms."""

import logging
import traceback
from contextlib import ExitStack
from pathlib import Path

from csp.constants import SELF
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import InvalidPage
from django.db import DataError, OperationalError, transaction
from django.db.models import ProtectedError
from django.urls import NoReverseMatch, resolve
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _

from hub.access.choosing import request_of_forms
from hub.access.readers import restrictions_read_once
from hub.models.generation import SAFE_METHODS, kept
from hub.web.concurrency_limit import close_connections
from hub.web.error_pages import bad_request, still_needed, too_busy, unfit_form
from hub.web.security_headers import IN_THE_EDITOR, PERMISSIONS_POLICY

logger = logging.getLogger(__name__)
HEALTH_CHECKS = ("/livez", "/readyz")
METRICS = "/metrics"


class HeadersMiddleware:
    """Outermost: what every response says, and that the response to HEAD has no body."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("X-Content-Type-Options", "nosniff")
        if request.method == "HEAD":
            if response.streaming:
                response.streaming_content = ()
            elif response.status_code not in (204, 304):
                response.setdefault("Content-Length", str(len(response.content)))
                response.content = b""
        return response


class HealthMiddleware:
    """Answers health checks before a body is read or a slot taken: they tell whether the process
    lives while everything else is held."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_metrics = request.path_info == METRICS and settings.METRICS_TOKEN
        if request.path_info not in HEALTH_CHECKS and not is_metrics:
            return self.get_response(request)
        try:
            request.resolver_match = resolve(request.path_info)
            return request.resolver_match.func(request)
        finally:
            close_connections()


class ReadableInputMiddleware:
    """Answers 400 to URLs that no database accepts: NUL bytes in the path or the parameters.

    PostgreSQL refuses NUL in any text, so it would be a 500 anywhere. The search page is let
    through: it cleans what was typed and answers.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        is_search = request.path.startswith(("/search/", "/en/search/"))
        if "\0" in request.path or ("%00" in query and not is_search):
            return bad_request(request, _("The address holds a character that cannot be read."))
        return self.get_response(request)


class AtomicWritesMiddleware:
    """One transaction per request that may write.

    A publish saves the page, its revision, its audit entry and its change-log row in several
    steps; killed between them, stock Wagtail leaves pages live without an audit entry. Requests
    that only read get no transaction: on SQLite each would take the write lock.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        with ExitStack() as stack:
            try:
                stack.enter_context(transaction.atomic())
            except OperationalError:  # SQLite's lock was held for longer than anybody waits
                logger.exception("No transaction could be opened.")
                return too_busy(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


class FormRequestMiddleware:
    """Lets every form know who fills it in: see ``hub.access.form_gate``."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with request_of_forms(request):
            return self.get_response(request)


class RestrictionsMiddleware:
    """Lets everything that is asked while pages are read share the view restrictions."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in SAFE_METHODS:
            return self.get_response(request)
        with restrictions_read_once(lambda key, read: kept(request, key, read)):
            return self.get_response(request)


class UnfitInputMiddleware:
    """Answers 400 where a view or a database could make nothing of what was sent.

    Forms and views refuse what they know. This is for the kinds that any view may meet: a form
    without a field that its own page has, a number beyond what the database keeps, a key that is
    no number or of nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not is_unfit_input(request, exception):
            return None
        # A line each: whoever sends such forms by the thousand must not fill the log with traces.
        logger.warning("Unfit input for %r: %r, raised by %s", request.path, exception,
                       _where(exception))
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, ProtectedError):
            return still_needed(request)
        if request.method in SAFE_METHODS:
            return bad_request(request)
        return unfit_form(request)


UNFIT = (
    MultiValueDictKeyError,  # a field that is missing
    ObjectDoesNotExist,  # the key of nothing
    InvalidPage,  # a part of a list that is not there
    DataError,  # PostgreSQL: a number too large, a text too long
    ProtectedError,  # to be deleted, and others depend on it
)
OF_NO_VALUE = (ValueError, NoReverseMatch)  # where they name a value that was sent
OF_HALF_FORMS = (AttributeError, LookupError, ValueError)  # where Wagtail's own views raise them
OF_PARAMETERS = (LookupError, ValueError)  # the same, behind the ? of an address


def _where(exception) -> str:
    """The functions that led to ``exception``, the innermost last."""
    frames = traceback.extract_tb(exception.__traceback__)[-4:]
    return " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)


def is_unfit_input(request, exception) -> bool:
    """Whether ``exception`` says that the fault is in what was sent."""
    if isinstance(exception, UNFIT):
        return True
    if isinstance(exception, OverflowError):
        return "SQLite" in str(exception)
    is_form = request.method not in SAFE_METHODS
    if isinstance(exception, ValidationError):
        return is_form
    if isinstance(exception, OF_NO_VALUE) and _names_what_was_sent(request, str(exception)):
        return True
    kinds = OF_HALF_FORMS if is_form else OF_PARAMETERS if request.GET else ()
    return isinstance(exception, kinds) and _is_of_the_editor(exception)


def _names_what_was_sent(request, text) -> bool:
    """Whether ``text`` quotes a value in the address of ``request`` or in its form."""
    match = request.resolver_match
    sent = [*map(str, [*match.args, *match.kwargs.values()])] if match else []
    for values in (request.GET, request.POST):
        for _name, several in values.lists():
            sent += several
    return any(
        repr(value) in text or f"'{value}'" in text if value else "got ''" in text
        for value in sent
    )


def _is_of_the_editor(exception) -> bool:
    """Whether Wagtail raised ``exception``, or what it asked of Django did: its forms come whole,
    or not from its pages."""
    frames = [frame for frame, _line in traceback.walk_tb(exception.__traceback__)]
    modules = [frame.f_globals.get("__name__", "") for frame in frames]
    own = [module for module in modules if not module.startswith("django.")]
    return bool(own) and own[-1].startswith(("wagtail.", "modelcluster."))


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere but in the editor, whose scripts style elements inline."""

    def process_response(self, request, response):
        if request.path.startswith("/admin/") and not hasattr(
            response, "_csp_update"
        ):
            response._csp_update = None
            response._csp_replace = IN_THE_EDITOR
        elif getattr(request, "is_preview", False):
            response._csp_replace = {"frame-ancestors": [SELF]}
        return super().process_response(request, response)
