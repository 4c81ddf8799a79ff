"""While a migration runs the version before it may serve, and going back must stay possible.

django-migration-linter reads the SQL of every migration after 1.0, on the database of the run.
"""

import shutil
from importlib import invalidate_caches

import pytest
from django.db import connection
from django_migration_linter import MigrationLinter

from tests.releases.landed import ROOT, present

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
FIRST = {"0001_initial", "0002_remove_picture_metadata"}  # those of 1.0, which made its tables
# (app, migration) → why the hub may do what the linter warns of, e.g. drop a column that no version
# since the last release reads.
DELIBERATE: dict[tuple[str, str], str] = {}
# An index cannot be built concurrently on SQLite, and on a hub's tables takes less than a second.
INDEXES = ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX"]
# SQLite writes a table anew to add a foreign key, which reads like a change of all of it.
PASSED_OVER = {"postgresql": INDEXES, "sqlite": [*INDEXES, "NOT_NULL", "ADD_UNIQUE"]}


def lint(app, name):
    """Whether the linter finds the migration unsafe; it prints why."""
    linter = MigrationLinter(
        analyser_string=connection.vendor, no_cache=True, all_warnings_as_errors=True,
        exclude_migration_tests=PASSED_OVER[connection.vendor],
    )
    linter.lint_migration(linter.migration_loader.get_migration(app, name))
    return linter.has_errors


def test_every_migration_after_1_0_is_safe():
    unsafe = []
    for path in present():
        app, name = path.split("/")[0], path.split("/")[-1].removesuffix(".py")
        if name not in FIRST and (app, name) not in DELIBERATE and lint(app, name):
            unsafe.append(f"{app}.{name}")
    assert not unsafe, "docs/decisions/0032-releases-and-migrations.md says what is unsafe and why"


@pytest.fixture
def planted(tmp_path, monkeypatch, settings):
    """Adds a second migration with the given operations to the app ``demonstration``."""
    package = tmp_path / f"planted_{tmp_path.name}"
    shutil.copytree(ROOT / "demonstration/migrations", package,
                    ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"demonstration": package.name}

    def plant(operations):
        (package / "0002_planted.py").write_text(
            "from django.db import migrations, models\n\n\n"
            "class Migration(migrations.Migration):\n"
            '    dependencies = [("demonstration", "0001_initial")]\n'
            f"    operations = [{operations}]\n", "utf-8")
        invalidate_caches()
        return lint("demonstration", "0002_planted")

    return plant


TABLE = "loadedpage"


@pytest.mark.parametrize("operations", [
    f'migrations.RemoveField("{TABLE}", "revision_id")',
    f'migrations.RenameField("{TABLE}", "revision_id", "latest_revision")',
    f'migrations.DeleteModel("{TABLE}")',
    f'migrations.RenameModel("{TABLE}", "DemonstrationPage")',
    "migrations.RunPython(lambda apps, schema_editor: None)",
    pytest.param(
        f'migrations.AddField("{TABLE}", "note", models.TextField(default=""))',
        marks=pytest.mark.skipif(connection.vendor == "sqlite", reason="seen on PostgreSQL")),
])
def test_what_breaks_the_version_before_is_found(planted, operations):
    assert planted(operations)


@pytest.mark.parametrize("operations", [
    f'migrations.AddField("{TABLE}", "note", models.TextField(null=True))',
    f'migrations.AddField("{TABLE}", "note", models.TextField(db_default=""))',
    f'migrations.AddField("{TABLE}", "seen", models.ForeignKey("wagtailcore.Page", '
    'models.SET_NULL, null=True, related_name="+"))',
    'migrations.CreateModel("Added", [("id", models.BigAutoField(primary_key=True))])',
    "migrations.RunPython(lambda apps, schema_editor: None, migrations.RunPython.noop)",
])
def test_what_it_can_live_with_is_not(planted, operations):
    assert not planted(operations)
