"""Values in an address or of a hidden field, which anybody can type."""

from django.http import HttpRequest
from django.urls.converters import IntConverter

MAX_LENGTH = 50  # characters; no slug, geocode or name of a filter is longer

LARGEST = 2**63 - 1  # of a key


def query_value(request: HttpRequest, name: str, max_length: int = MAX_LENGTH) -> str:
    """The parameter ``name`` fit for any database: cut, without NUL or lone surrogates.

    Empty when it is absent.
    """
    value = request.GET.get(name, "")[:max_length].replace("\0", "")
    return value.encode("utf-8", "ignore").decode("utf-8")


def query_number(request: HttpRequest, name: str) -> int | None:
    """The parameter ``name`` as a whole number that any database keeps as a key, else None."""
    numbers = query_numbers(request, name, most=1)
    return numbers[0] if numbers else None


def query_numbers(request: HttpRequest, name: str, most: int) -> list[int]:
    """The first ``most`` values of ``name``, those of them that are such numbers."""
    return _numbers(request.GET.getlist(name)[:most])


def posted_number(request: HttpRequest, name: str) -> int | None:
    """The field ``name`` of a form, which only its page fills in, as such a number, else None."""
    numbers = _numbers([request.POST.get(name, "")])
    return numbers[0] if numbers else None


def _numbers(values: list[str]) -> list[int]:
    digits = [v for v in values if v.isascii() and v.isdigit() and len(v) < 20]
    return [number for number in map(int, digits) if number <= LARGEST]


def bound_numbers_in_paths() -> None:
    """Have ``<int:…>`` match no number that a database cannot keep, wherever the pattern stands:
    such a page is 404."""

    def to_python(self, value):
        number = int(value)
        if number > LARGEST:
            raise ValueError(value)
        return number

    IntConverter.to_python = to_python
