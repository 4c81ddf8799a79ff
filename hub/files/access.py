"""Documents that an app keeps from readers, wherever else they are attached.

An app registers its own rule when it is loaded. What is closed is shown on no page's list of
files and indexed for nobody; who may have the file is decided where the document is served.
"""

from collections.abc import Callable, Iterable

_rules: list[Callable[[list[int]], set[int]]] = []


def register(rule) -> None:
    """``rule(pks)`` says which of these documents it keeps closed, in few queries."""
    _rules.append(rule)


def closed_among(pks: Iterable[int]) -> set[int]:
    """Those of the documents ``pks`` that are closed."""
    pks = list(pks)
    return set().union(*(rule(pks) for rule in _rules)) if pks else set()
