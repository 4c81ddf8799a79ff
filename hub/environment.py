"""The environment that settings are read from, which knows afterwards what they read."""

from __future__ import annotations

from typing import Any

from environ import Env


class ReadEnv(Env):
    """django-environ's ``Env``; ``names`` are the variables that were asked for."""

    names: frozenset[str] = frozenset()

    def get_value(self, var: str, *arguments: Any, **options: Any) -> Any:
        ReadEnv.names |= {var}
        return super().get_value(var, *arguments, **options)
