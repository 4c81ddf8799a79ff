"""Does the database have the tables and columns that this version of the hub reads?

Recorded migrations do not tell: a database may have been made by other files of the same names.
"""

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hub import __version__

COLUMNS = {
    "sqlite": "SELECT tables.name, columns.name FROM sqlite_master AS tables, "
              "pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
                  "WHERE table_schema = ANY(current_schemas(false))",
}
HIDDEN = "rowid"  # of SQLite's full-text tables, which lists it nowhere
_found_complete = False
_found_migrated = False


def missing() -> list[str]:
    """What the database lacks, as ``table`` or ``table.column``; read anew until it lacks
    nothing."""
    global _found_complete
    if _found_complete:
        return []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor])
        columns = set(cursor.fetchall())
    tables = {table for table, _column in columns}
    lacking = []
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if not options.managed or options.proxy:
            continue
        if options.db_table not in tables:
            lacking.append(options.db_table)
            continue
        lacking += [
            f"{options.db_table}.{field.column}" for field in options.local_concrete_fields
            if (options.db_table, field.column) not in columns and field.column != HIDDEN
        ]
    _found_complete = not lacking
    return lacking


def complaint() -> str:
    """A sentence for whoever starts the hub; "" when nothing is missing."""
    lacking = missing()
    if not lacking:
        return ""
    if not connection.introspection.table_names():
        return "The database is empty. Run `manage.py upgrade` first, or `manage.py prepare`."
    more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    return (
        f"The database was made by another version of the hub than {__version__}: it lacks "
        f"{', '.join(lacking[:3])}{more}. “Updates” in docs/deployment.md says what to do."
    )


def unapplied_migrations() -> list[str]:
    """``app.name`` of each migration that was not applied; read anew until there is none."""
    global _found_migrated
    if _found_migrated:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _found_migrated = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
