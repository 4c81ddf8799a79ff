"""pre-commit checks what ./test checks before it tests: the same programs, the same arguments."""

import re
import shlex
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))


def checks_of_the_test_run() -> dict[str, list[str]]:
    """Names and commands of the checks in ./test that are no tests."""
    script = (ROOT / "test").read_text("utf-8").replace("\\\n", "")
    found = {}
    for name, command in re.findall(r'^ *check "([^"]+)" +(\S.*)$', script, re.M):
        words = shlex.split(command.replace("$python", ".venv/bin/python"))
        if "pytest" not in words and words[0] != "wait":
            found[name] = words
    return found


def without_environment(words):
    """``words`` of a command without ``env NAME=value …`` before it."""
    if words[0] == "env":
        words = words[1:]
        while "=" in words[0]:
            words = words[1:]
    return words


def test_the_hooks_are_the_checks_of_the_test_run():
    hooks = {
        hook["name"]: without_environment(shlex.split(hook["entry"]))
        for repository in CONFIGURATION["repos"]
        for hook in repository["hooks"]
    }
    assert len(hooks) >= 5
    assert hooks == checks_of_the_test_run()


def test_hooks_run_locally_on_locked_programs():
    for repository in CONFIGURATION["repos"]:
        assert repository["repo"] == "local"
        for hook in repository["hooks"]:
            assert hook["language"] == "system" and ".venv/bin/" in hook["entry"], hook["id"]
            assert hook["pass_filenames"] is False, hook["id"]
