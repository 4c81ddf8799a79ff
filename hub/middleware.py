"""Middleware: headers of every response, health checks, valid input, atomic writes."""

import logging
from contextlib import ExitStack

from csp.constants import SELF
from csp.middleware import CSPMiddleware
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, OperationalError, transaction
from django.urls import resolve
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _

from hub.web.concurrency_limit import close_connections
from hub.web.error_pages import bad_request, too_busy, unfit_form
from hub.web.security_headers import IN_THE_EDITOR, PERMISSIONS_POLICY

logger = logging.getLogger(__name__)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
HEALTH_CHECKS = ("/livez", "/readyz")


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
        if request.path_info not in HEALTH_CHECKS:
            return self.get_response(request)
        try:
            return resolve(request.path_info).func(request)
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


class UnfitInputMiddleware:
    """Innermost: answers 400 where a view or a database could make nothing of what was sent.

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
        logger.warning("Unfit input for %s: %r", request.path, exception, exc_info=exception)
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        if request.method in SAFE_METHODS:
            return bad_request(request)
        return unfit_form(request)


UNFIT = (
    MultiValueDictKeyError,  # a field that is missing
    ObjectDoesNotExist,  # the key of nothing
    DataError,  # PostgreSQL: a number too large, a text too long
)
NO_NUMBER = ("expected a number but got", "invalid literal for int()")


def is_unfit_input(request, exception) -> bool:
    """Whether ``exception`` says that the fault is in what was sent."""
    if isinstance(exception, UNFIT):
        return True
    if isinstance(exception, OverflowError):
        return "SQLite" in str(exception)
    if isinstance(exception, ValidationError):
        return request.method not in SAFE_METHODS
    if isinstance(exception, ValueError) and any(text in str(exception) for text in NO_NUMBER):
        return any(repr(value) in str(exception) for value in _sent(request))
    return False


def _sent(request):
    """What stands in the address of ``request`` and in its form."""
    if match := request.resolver_match:
        yield from map(str, [*match.args, *match.kwargs.values()])
    for values in (request.GET, request.POST):
        for _name, sent in values.lists():
            yield from sent


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
