"""What the code imports is what the requirements list, and every package is locked with hashes."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements", "requirements-demonstration", "requirements-dev")
HUB = ("hub", "lessons", "models_lib", "courses", "policy", "search", "members")
FOLDERS = {  # what each file's packages are for; the later ones may use the earlier ones' too
    "requirements": HUB,
    "requirements-demonstration": ("demonstration",),
    "requirements-dev": ("tests", "bench"),
}
OURS = {folder for folders in FOLDERS.values() for folder in folders}


def listed_in(name) -> dict[str, str]:
    """The direct packages of ``name``.in, each with the remark after it."""
    found = {}
    for line in (ROOT / f"{name}.in").read_text("utf-8").splitlines():
        package, _hash, remark = line.partition("#")
        if package.strip() and not package.startswith("-"):
            found[canonicalize_name(Requirement(package).name)] = remark.strip()
    return found


def locked_in(name) -> dict[str, set[str]]:
    """The versions that ``name``.txt locks, by package; several where Pythons need different."""
    text = (ROOT / f"{name}.txt").read_text("utf-8")
    found = {}
    for package, version in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", text, re.M):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


def programs(folders):
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix == ".py" or (path.is_file() and path.read_bytes()[:2] == b"#!"):
                yield path


def imported_by(folders) -> dict[str, Path]:
    """The packages that the code in ``folders`` imports, each with a file that does."""
    names = {}
    for path in programs(folders):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module]
            else:
                continue
            names |= {module.partition(".")[0]: path for module in modules}
    installed = packages_distributions()
    return {
        canonicalize_name(installed.get(name, [f"not installed: {name}"])[0]): path
        for name, path in names.items()
        if name not in sys.stdlib_module_names and name not in OURS
    }


@pytest.mark.parametrize("name", FILES)
def test_every_package_that_is_imported_is_listed(name):
    allowed = set().union(*(listed_in(n) for n in FILES[: FILES.index(name) + 1]))
    imported = imported_by(FOLDERS[name])
    unlisted = {package: path for package, path in imported.items() if package not in allowed}
    assert unlisted == {}


@pytest.mark.parametrize("name", FILES)
def test_every_listed_package_is_imported_or_has_a_reason(name):
    imported = imported_by(FOLDERS[name])
    listed = listed_in(name)
    assert listed
    assert {p for p, remark in listed.items() if p not in imported and not remark} == set()


def test_no_package_is_listed_twice():
    listed = [package for name in FILES for package in listed_in(name)]
    assert sorted(listed) == sorted(set(listed))


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_locked_with_hashes_and_no_address(name):
    text = (ROOT / f"{name}.txt").read_text("utf-8")
    assert "://" not in text and "index-url" not in text
    for entry in re.split(r"\n(?=\w)", text)[1:]:
        line, *hashes = entry.splitlines()
        assert re.fullmatch(r"[\w.\[\],-]+==\S+( ; .+)? \\", line)
        assert re.match(r"    --hash=sha256:\w{64}", hashes[0]), line
    locked = locked_in(name)
    assert set(listed_in(name)) <= set(locked)
    for line in (ROOT / f"{name}.in").read_text("utf-8").splitlines():
        if "=" in line.partition("#")[0]:
            wanted = Requirement(line.partition("#")[0])
            for version in locked[canonicalize_name(wanted.name)]:
                assert wanted.specifier.contains(version), line


def test_the_lock_files_agree():
    locks = [locked_in(name) for name in FILES]
    for smaller, larger in pairwise(locks):
        assert smaller.items() <= larger.items(), "run bin/lock"


def test_development_packages_are_not_installed_in_production():
    assert "python-pptx" not in locked_in("requirements")
    assert "pytest" not in locked_in("requirements-demonstration")
