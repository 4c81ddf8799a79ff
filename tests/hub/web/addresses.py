"""Every address of the hub, found from its URL resolver and the routes of its page types."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import wagtail
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page

ROOT = Path(__file__).resolve().parents[3]
APPS = ("hub", "lessons", "models_lib", "courses", "policy", "search", "members")
IN_REGEX = re.compile(r"\((?:\?P<(\w+)>)?((?:[^()]|\([^()]*\))*)\)")
SENSIBLE = {  # for parameters that are no key of the model of their view
    "kind": "csv", "code": "x", "token": "x", "party": "x", "area": "9011", "topic": "fishers",
    "lesson_type": "process", "name": "x", "form": "bibtex", "label": "1", "number": 1,
    "filter_spec": "fill-10x10", "app_label": "hub", "app_name": "hub", "model_name": "topic",
    "content_type_app_name": "hub", "content_type_model_name": "sectionpage", "action": "submit",
    "action_name": "delete", "key": "00000000-0000-4000-8000-000000000000", "path": "x",
}


@dataclass(frozen=True)
class Parameter:
    name: str
    is_number: bool
    is_uuid: bool


@dataclass(frozen=True)
class Address:
    """A pattern: what stands before, between and after its parameters, and what answers it."""

    literals: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    model: type[Model] | None

    @property
    def pattern(self) -> str:
        return "".join(
            f"{literal}<{parameter.name}>"
            for literal, parameter in zip(self.literals, self.parameters, strict=False)
        ) + self.literals[-1]

    def filled(self, value: Callable[[Parameter], object]) -> str:
        """The address with ``value(parameter)`` for each parameter, percent-encoded."""
        path = self.literals[0]
        for parameter, literal in zip(self.parameters, self.literals[1:], strict=True):
            text = str(value(parameter))
            path += (text if "%" in text else quote(text)) + literal
        return path

    def of_something(self, keys: dict[str, int]) -> str:
        """The address of something that exists, as far as that can be told from its pattern."""

        def value(parameter):
            if parameter.name in keys:
                return keys[parameter.name]
            if parameter.name in SENSIBLE and not parameter.is_number:
                return SENSIBLE[parameter.name]
            if self.model and parameter.name in ("pk", "object_id"):
                return getattr(self.model._default_manager.first(), "pk", 1)
            return 1

        return self.filled(value)


def every_address(pages: list[Page]) -> list[Address]:
    """Those of the URL resolver, in the language without a prefix, and below each of ``pages``."""
    found = [_address("/", parts) for parts in _patterns(get_resolver().url_patterns)]
    for page in pages:
        if isinstance(page, RoutablePageMixin):
            found += [_address(page.url, [route]) for route in page.get_subpage_urls()]
        else:
            found.append(Address((page.url,), (), type(page)))
    return found


def _patterns(patterns, before=()) -> Iterator[list]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, (*before, pattern))
        else:
            yield [*before, pattern]


def _address(start: str, parts: list) -> Address:
    literals, parameters = [start], []
    for part in parts:
        for literal, parameter in _pieces(part.pattern):
            literals[-1] += literal
            if parameter:
                parameters.append(parameter)
                literals.append("")
    return Address(tuple(literals), tuple(parameters), _model_of(parts[-1]))


def _pieces(pattern) -> Iterator[tuple[str, Parameter | None]]:
    route = str(pattern)
    if isinstance(pattern, RoutePattern):
        ends = re.compile(r"<(?:\w+:)?(\w+)>")
        place = 0
        for match in ends.finditer(route):
            converter = type(pattern.converters[match[1]]).__name__
            parameter = Parameter(match[1], converter == "IntConverter",
                                  converter == "UUIDConverter")
            yield route[place:match.start()], parameter
            place = match.end()
        yield route[place:], None
        return
    route = route.removeprefix("^").removesuffix("$")
    place = 0
    for match in IN_REGEX.finditer(route):
        yield _plain(route[place:match.start()]), Parameter(
            match[1] or "path", r"\d+" in match[2], False)
        place = match.end()
    yield _plain(route[place:]), None


def _plain(regex: str) -> str:
    return regex.replace("\\.", ".").replace(".*", "x").replace("\\", "")


def _model_of(pattern: URLPattern):
    view = pattern.callback
    while not hasattr(view, "view_class") and hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    given = getattr(view, "view_initkwargs", {}).get("model")
    model = given or getattr(getattr(view, "view_class", None), "model", None)
    return model if isinstance(model, type) and issubclass(model, Model) else None


def names_read() -> tuple[list[str], list[str]]:
    """The names of parameters, in queries and in posted forms, that the code of the hub and of
    Wagtail's admin reads."""
    query, posted = set(), set()
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    files += Path(wagtail.__file__).parent.rglob("*.py")
    for path in files:
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        code = path.read_text("utf-8")
        for which, name in re.findall(
            r"\b(GET|POST)(?:\.get|\.getlist)?[(\[]\s*[\"'](\w+)[\"']", code
        ):
            (query if which == "GET" else posted).add(name)
        query.update(re.findall(r"query_(?:value|numbers?)\(\s*request,\s*\"(\w+)\"", code))
    return sorted(query), sorted(posted)
