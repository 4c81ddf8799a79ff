"""Values in the query of an address, which anybody can type."""

from django.http import HttpRequest

MAX_LENGTH = 50  # characters; no slug, geocode or name of a filter is longer


def query_value(request: HttpRequest, name: str, max_length: int = MAX_LENGTH) -> str:
    """The parameter ``name`` fit for any database: cut, without NUL or lone surrogates.

    Empty when it is absent.
    """
    value = request.GET.get(name, "")[:max_length].replace("\0", "")
    return value.encode("utf-8", "ignore").decode("utf-8")
