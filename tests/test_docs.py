"""Documents match the code: settings, commands, rooms, links; the README stays short."""

import re
import runpy
import unicodedata
from pathlib import Path

import pytest
from django.core.management import get_commands
from wagtail.users.models import UserProfile

ROOT = Path(__file__).resolve().parent.parent
APPS = ("hub", "lessons", "models_lib", "courses", "policy", "search", "members", "demonstration")
NO_ROOMS = {"migrations", "management", "templatetags"}
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md"),
     ROOT / "bench/README.md"]
)


def text_of(name) -> str:
    return (ROOT / name).read_text("utf-8")


def anchors_of(document) -> set[str]:
    """The anchors of the headings of ``document``, as code hosts generate them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.M):
        kept = "".join(
            c for c in heading.strip().lower()
            if c in " -_" or c.isalnum() or unicodedata.category(c).startswith("M")
        )
        found.add(kept.replace(" ", "-"))
    return found


def test_the_readme_is_short_and_opens_with_the_two_commands():
    readme = text_of("README.md")
    assert len(readme.encode()) <= 6000
    assert re.match(r"# .+\n\n    \./run .*\n    \./test .*\n", readme)
    assert len(re.findall(r"!\[[^]]*\]\(", readme)) >= 3, "pictures"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_in_documents_resolve(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if "://" in target:
            continue
        name, _hash, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), target
        if anchor:
            assert anchor in anchors_of(path), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document):
    folders = "|".join((*APPS, "tests", "docs", "bench", "bin", "deploy", "static", "templates"))
    for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", document.read_text("utf-8")):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_that_are_named_exist(document):
    """``app.room.module`` or ``app.room.module.name``; the name must occur in the module."""
    names = re.findall(rf"`((?:{'|'.join(APPS)})(?:\.\w+)+)(?:\(\))?`", document.read_text("utf-8"))
    for name in names:
        parts = name.split(".")
        while parts and not ((path := ROOT.joinpath(*parts)).is_dir()
                             or path.with_suffix(".py").exists()):
            parts.pop()
        rest = name.split(".")[len(parts) :]
        assert len(parts) > 1 or name.split(".")[1:] == rest, name
        if rest:
            module = ROOT.joinpath(*parts)
            files = [module.with_suffix(".py")] if not module.is_dir() else module.rglob("*.py")
            assert any(re.search(rf"\b{rest[0]}\b", f.read_text("utf-8")) for f in files), name


def test_classes_that_are_named_exist():
    code = "\n".join(
        path.read_text("utf-8") for app in APPS for path in (ROOT / app).rglob("*.py")
    )
    for document in DOCUMENTS:
        for name in re.findall(r"`([A-Z][a-z]+[A-Z]\w*)`", document.read_text("utf-8")):
            assert re.search(rf"\b{name}\b", code), f"{document.name}: {name}"


def test_the_settings_table_is_exact():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text_of("hub/settings.py")))
    server = text_of("hub/gunicorn_conf.py") + text_of("hub/web/concurrency_limit.py")
    served = set(re.findall(r'environ\.get\(\s*["\']([A-Z_]+)', server))
    rows = re.findall(r"^\|((?: ?,? ?`[A-Z_]+`)+) \|", text_of("docs/settings.md"), re.M)
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert listed == read | served


def test_the_commands_table_is_exact():
    ours = {name for name, app in get_commands().items() if app in APPS}
    listed = set(re.findall(r"^\| `manage\.py (\w+)", text_of("docs/commands.md"), re.M))
    assert listed == ours | {"db_worker"}
    for document in DOCUMENTS:
        for name in re.findall(r"manage\.py (\w+)", document.read_text("utf-8")):
            assert name in get_commands(), f"{document.name}: {name}"


def test_every_room_is_described_and_drawn():
    rooms = {
        f"{app}/{path.parent.name}/" for app in APPS for path in (ROOT / app).glob("*/__init__.py")
        if path.parent.name not in NO_ROOMS
    }
    listed = re.findall(r"^\| `(\w+/\w+/)` \|", text_of("docs/architecture.md"), re.M)
    assert sorted(listed) == sorted(rooms)
    draw = runpy.run_path(str(ROOT / "docs/draw_architecture"))
    assert text_of("docs/images/architecture.svg") == draw["drawn"](), "run docs/draw_architecture"


@pytest.mark.django_db
@pytest.mark.parametrize("name, language", [
    ("docs/editors.th.md", "th"), ("docs/administrators.th.md", "th"),
    ("docs/administrators.md", "en"),
])
def test_menus_that_guides_name_are_those_of_the_editor(name, language, client, admin_user):
    """Every step of **Menu → Item** is a label of the admin in the guide's language."""
    UserProfile.objects.create(user=admin_user, preferred_language=language)
    client.force_login(admin_user)
    shown = client.get("/admin/").content.decode()
    shown = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), shown)
    paths = re.findall(r"\*\*([^*\n]+ → [^*\n]+)\*\*", text_of(name))
    assert len(paths) >= 4
    for path in paths:
        menu, item = path.split(" → ")
        if menu != "⋯":
            assert f'"label": "{menu}"' in shown and f'"label": "{item}"' in shown, path


def test_the_glossary_is_one_page_in_two_languages():
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) · (.+?) \|$", text_of("GLOSSARY.md"), re.M)[1:]
    assert 40 <= len(rows) <= 60
    thai = re.compile("[\u0e01-\u0e5b]")
    for word, thai_word, english_line, thai_line in rows:
        assert not thai.search(word + english_line), word
        assert thai.search(thai_word) and thai.search(thai_line), word
    assert [word.casefold() for word, *_ in rows] == sorted(word.casefold() for word, *_ in rows)
    for word in ("chain", "stage", "clause", "pack", "edition", "stance", "Model"):
        assert word in [row[0] for row in rows]
