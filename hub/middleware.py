"""Middleware: valid input, atomic writes, who fills in forms, the content security policy."""

from csp.constants import SELF
from csp.middleware import CSPMiddleware
from django.db import transaction
from django.utils.translation import gettext as _

from hub.access.choosing import request_of_forms
from hub.web.error_pages import bad_request
from hub.web.security_headers import IN_THE_EDITOR

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


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
        with transaction.atomic():
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
