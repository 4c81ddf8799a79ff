"""Apps extend the base layer by the hooks listed in ``hub/hooks.py`` only."""

import ast
import inspect
import re
from pathlib import Path

import pytest
import wagtail
from wagtail import hooks as wagtail_hooks

from hub import hooks

ROOT = Path(__file__).resolve().parents[2]
APPS = ("hub", "lessons", "models_lib", "courses", "policy", "search", "members")
WAGTAIL = Path(wagtail.__file__).parent


def registrations():
    """Name and place of every ``hooks.register`` in the apps, as decorator or call."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "hooks.register":
                    yield ast.literal_eval(node.args[0]), path.relative_to(ROOT)


def wagtails_strings():
    """Every string in Wagtail's code and templates, which include the names of its hooks."""
    return {
        found for kind in ("py", "html") for path in WAGTAIL.rglob(f"*.{kind}")
        if "tests" not in path.parts
        for found in re.findall(r"""["'](\w+)["']""", path.read_text("utf-8"))
    }


def test_every_registered_hook_is_wagtails_or_listed():
    names, wagtails = set(), wagtails_strings()
    for name, place in registrations():
        names.add(name)
        assert name in hooks.SIGNATURES or name in wagtails, f"{place}: {name}"
    assert set(hooks.SIGNATURES) <= names, "a hook that nobody uses is listed"


def test_registered_functions_take_the_arguments_of_their_hook():
    for name, hook in hooks.SIGNATURES.items():
        wanted = list(inspect.signature(hook).parameters)
        assert hooks.registered(name), name
        for function in hooks.registered(name):
            inspect.signature(function).bind(*wanted)


def test_an_unlisted_hook_and_a_missing_provider_are_errors():
    with pytest.raises(KeyError):
        hooks.registered("register_anything")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(wagtail_hooks._hooks, "segment_words", [])
        with pytest.raises(LookupError, match="segment_words"):
            hooks.provider("segment_words")
