"""Puts a stored hub into the place of the tests' database and files."""

import lzma
import os
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from wagtail.models import Site

from hub.web import schema
from tests.releases.store import FOLDER, MEDIA, POSTGRESQL, SQLITE

RELEASES = sorted(path.name for path in FOLDER.iterdir() if (path / MEDIA).exists())


def restore(release: str, place: Path) -> None:
    """Replace database and media by those of ``release``; ``place`` is an empty folder."""
    {"sqlite": _into_sqlite, "postgresql": _into_postgresql}[connection.vendor](
        FOLDER / release, place)
    media = BytesIO(lzma.decompress((FOLDER / release / MEDIA).read_bytes()))
    with tarfile.open(fileobj=media) as tar:
        tar.extractall(settings.MEDIA_ROOT, filter="data")
    forget()


def forget() -> None:
    """What this process remembers of the database."""
    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache()
    cache.clear()
    schema._found_complete = False


def _into_sqlite(folder, place):
    file = place / "stored.sqlite3"
    file.write_bytes(lzma.decompress((folder / SQLITE).read_bytes()))
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as stored:
        stored.backup(connection.connection)


def _into_postgresql(folder, place):
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    where = connection.get_connection_params()
    connection.close()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
             "dbname": "PGDATABASE"}
    subprocess.run(
        ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction",
         "--output", os.devnull],
        input=lzma.decompress((folder / POSTGRESQL).read_bytes()), check=True,
        env=os.environ | {names[name]: str(where[name]) for name in names if where.get(name)})
