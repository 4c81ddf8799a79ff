"""What is known of the health of a hub: checks, each with what it finds and what to do about it.

Apps register their checks by the hook ``register_health_check``. The page in the admin, the command
``health`` and the metrics ask them all; a notice elsewhere asks the function that its check asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import IntegerChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.hooks import registered

logger = logging.getLogger(__name__)


class State(IntegerChoices):
    """From good to bad, so that the worst of several is their maximum."""

    WELL = 0, gettext_lazy("Well")
    LOOK = 1, gettext_lazy("Needs a look")
    BROKEN = 2, gettext_lazy("Broken")


@dataclass(frozen=True)
class Figure:
    """A number for the metrics: ``name`` in Prometheus' form, without the prefix ``hub_``, in base
    units (seconds, bytes). Values of ``labels`` come from a short list, never from content."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What a check found: ``says`` and ``advice`` are sentences in the reader's language; ``link``
    is an address of the admin and the words of its link; ``template`` with ``context`` shows the
    rest on the page."""

    state: State
    says: str
    advice: str = ""
    link: tuple[str, str] | None = None
    figures: tuple[Figure, ...] = ()
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HealthCheck:
    """``name`` is a word for programs, ``title`` one for people. ``look`` asks in the present
    language; None where there is nothing to look at. It may raise: then the check is broken."""

    name: str
    title: Any  # a lazy translation
    look: Callable[[], Finding | None]


def check(name: str, title: Any, look: Callable[[], Finding | None]) -> Callable[[], HealthCheck]:
    """What is registered under ``register_health_check``: a function that returns the check."""
    made = HealthCheck(name, title, look)
    return lambda: made


@dataclass(frozen=True)
class Line:
    """A check with what it found."""

    check: HealthCheck
    finding: Finding


def lines() -> Iterator[Line]:
    """Every check that has something to look at, in order of registration."""
    for hook in registered("register_health_check"):
        made = hook()
        finding = _found_by(made)
        if finding is not None:
            yield Line(made, finding)


def _found_by(made: HealthCheck) -> Finding | None:
    try:
        return made.look()
    except Exception as error:
        logger.warning("The health check “%s” could not look: %r", made.name, error)
        return Finding(
            State.BROKEN,
            _("It could not be looked at (%(error)s).") % {"error": type(error).__name__},
            _("Is the database there? The log says more."),
        )
