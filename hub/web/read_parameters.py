"""Which parameters of its query the answer to a request depends on.

``record`` replaces what a view can read the query from by the same, which remembers what was read:
single names, or the query as a whole. So the page cache knows which queries give the same page,
without a list that somebody would have to keep.

Links that lead on from a page (to its other language, to the sign-in, to the next part of a list)
keep the parameters that its view has read, and no others: ``read_query``.
"""

from django.core.handlers.wsgi import get_bytes_from_wsgi
from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

WHOLE = None  # instead of the names: the query was read as a whole


class RecordedQuery(QueryDict):
    """A query that remembers the names that were asked for."""

    names: set[str] | None = set()  # while the query is parsed

    def __init__(self, query_string=None, mutable=False, encoding=None):
        super().__init__(query_string, mutable=mutable, encoding=encoding)
        self.names = set()

    def _note(self, name):
        if self.names is not WHOLE and isinstance(name, str):
            self.names.add(name)

    def note_whole(self):
        self.names = WHOLE

    def __getitem__(self, key):
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self._note(key)
        return super().__contains__(key)

    def get(self, key, default=None):
        self._note(key)
        return super().get(key, default)

    def getlist(self, key, default=None):
        self._note(key)
        return super().getlist(key, default)


def _reading_the_whole(name):
    method = getattr(QueryDict, name)

    def read(self, *arguments, **options):
        self.note_whole()
        return method(self, *arguments, **options)

    read.__name__ = name
    return read


for _name in ("__iter__", "__len__", "__eq__", "__repr__", "__copy__", "__deepcopy__", "__or__",
              "__ror__", "__reversed__", "__getstate__", "items", "keys", "values", "lists",
              "dict", "copy", "urlencode"):
    setattr(RecordedQuery, _name, _reading_the_whole(_name))
RecordedQuery.__bool__ = lambda self: len(self) > 0  # dict has none; its length is asked


class RecordedMeta(dict):
    """``request.META``, which notes when the query is read from it."""

    def __init__(self, meta, query):
        super().__init__(meta)
        self.query = query

    def _note(self, name):
        if name in ("QUERY_STRING", "REQUEST_URI", "RAW_URI"):
            self.query.note_whole()

    def __getitem__(self, name):
        self._note(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self._note(name)
        return super().get(name, default)


def record(request: HttpRequest) -> RecordedQuery:
    """Have ``request`` remember what is read of its query; returns what remembers it."""
    text = get_bytes_from_wsgi(request.META, "QUERY_STRING", "")
    query = RecordedQuery(text, encoding=request.encoding)
    request.GET = query
    request.META = request.environ = RecordedMeta(request.META, query)
    return query


def read_query(request: HttpRequest) -> QueryDict:
    """The parameters of ``request`` that have been read by their names until now; all of them
    where that is not recorded or the query was read as a whole."""
    query = request.GET
    if not isinstance(query, RecordedQuery) or query.names is WHOLE:
        return query
    known = QueryDict(mutable=True)
    for name in sorted(query.names):
        if values := QueryDict.getlist(query, name):
            known.setlist(name, values)
    return known


def read_address(request: HttpRequest) -> str:
    """Path and ``read_query`` of ``request``."""
    query = read_query(request)
    if query is request.GET:
        return request.get_full_path()
    encoded = urlencode(list(query.lists()), doseq=True)
    return f"{request.path}?{encoded}" if encoded else request.path
