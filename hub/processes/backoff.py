"""Waiting longer after each failure in a row, and the errors of a database that is away."""

from django.db import InterfaceError, OperationalError

# Locked for longer than the connection waits, refused, cut, shutting down or full: each passes.
DATABASE_AWAY = (OperationalError, InterfaceError)


class Backoff:
    """``first`` seconds after the first failure, doubled after each further one up to
    ``longest``."""

    def __init__(self, first: float = 1.0, longest: float = 60.0) -> None:
        self.first, self.longest = first, longest
        self.failures = 0  # in a row

    def next(self) -> float:
        """The seconds to wait after one more failure."""
        seconds = self.first * 2 ** min(self.failures, 32)
        self.failures += 1
        return min(seconds, self.longest)

    def reset(self) -> None:
        self.failures = 0
