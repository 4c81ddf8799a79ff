"""Pages in memory for members too: what is not theirs alone costs them what it costs visitors.

A page is built once for all members of a kind (``Reader.kind``). Meanwhile the request tells when
it is asked who reads: such a page is that reader's own, and is not stored. What every page has of
its reader (the account in its head) the template marks as ``{% personal %}``; it is left out of
the stored page and rendered for each reader.

Editors get pages built for them, with the buttons that they have on each.
"""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from hub.access.readers import Reader
from hub.changelog.page_cache import GIVES_PAGES, NO_PAGES
from hub.changelog.stored_pages import StoredPages, may_be_stored
from hub.models.generation import state_of
from hub.models.reads import noted
from hub.web.personal_parts import with_personal_parts
from hub.web.read_parameters import record

WHO = ("user", "session", "COOKIES")  # attributes of a request that tell who reads


class MemberPagesMiddleware:
    """Innermost: what stands around it knows who the reader is."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.stored = StoredPages()

    def __call__(self, request):
        if not _may_be_shared(request):
            return self.get_response(request)
        state_of(request)  # before anything is read
        began = timezone.now()
        address = (request.get_host(), request.path, request.is_secure(), get_language(),
                   Reader.of(request).kind)
        if stored := self.stored.find(address, request):
            response, result = stored.response(request), "hit"
        else:
            query = record(request)
            with noted() as made_of, _Shared(request) as shared:
                response = self.get_response(request)
            if shared.is_same_for_all and may_be_stored(response):
                self.stored.store(address, request, response, query, made_of, began)
            result = "miss"
        if not response.streaming:
            response.content = with_personal_parts(response.content, request)
        response.page_cache = result  # for the metrics
        return response


def _may_be_shared(request) -> bool:
    return (
        request.method in GIVES_PAGES
        and not request.path.startswith(NO_PAGES)
        and request.user.is_authenticated
        and not len(getattr(request, "_messages", ()))
        and not request.user.has_perm("wagtailadmin.access_admin")
    )


class _Shared:
    """While a page is built that members may share: ``is_same_for_all`` until somebody asks who
    reads, or leaves something for the reader."""

    def __init__(self, request):
        self.request = request
        self.is_same_for_all = True

    def __enter__(self):
        request = self.request
        self.before = {name: getattr(request, name) for name in (*WHO, "_messages")}
        for name in WHO:
            setattr(request, name, SimpleLazyObject(lambda name=name: self._told(name)))
        request._messages = _NoMessages(self)
        request.has_personal_marks = True
        return self

    def __exit__(self, *error):
        for name, value in self.before.items():
            setattr(self.request, name, value)
        self.request.has_personal_marks = False
        if self.request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            self.is_same_for_all = False  # a form with the reader's token

    def _told(self, name):
        self.is_same_for_all = False
        return self.before[name]


class _NoMessages(list):
    """The messages for the reader while a page is built: none; what is added is theirs alone."""

    def __init__(self, shared):
        super().__init__()
        self.shared = shared

    def add(self, *arguments, **options):
        return self.shared._told("_messages").add(*arguments, **options)

    def __getattr__(self, name):
        return getattr(self.shared._told("_messages"), name)
