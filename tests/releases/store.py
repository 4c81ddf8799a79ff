"""Stores a small hub of this release, which every later version is tested to open.

``bin/store_release`` runs it: the demonstration with its files, and its database as an SQLite file
and as a dump of PostgreSQL, in ``tests/releases/<version>/``.
"""

import io
import lzma
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from hub import __version__
from tests.template_database import ROOT, template_file

FOLDER = Path(__file__).parent
SQLITE, POSTGRESQL, MEDIA = "hub.sqlite3.xz", "hub.sql.xz", "media.tar.xz"
# What psql or a server that is older than the dump does not know, and the dump does not need.
NEWER = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout .*)\n", re.M)


def store(folder: Path, server: str | None) -> None:
    """Write the files of a release into ``folder``; the dump is made on the ``server``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        data = Path(place)
        database = data / "hub.sqlite3"
        database.write_bytes(template_file().read_bytes())
        _load(data, f"sqlite:///{database}")
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("VACUUM")
        _write(folder / SQLITE, database.read_bytes())
        if server:
            _write(folder / POSTGRESQL, _dump(data, server))
        # The files of both: each load puts them into folders of other names.
        _write(folder / MEDIA, _tar(data / "media"))


def _load(data: Path, database_url: str, *before: str) -> None:
    for arguments in (*map(str.split, before), ["demonstration", "load"]):
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, check=True, env=os.environ | {
                "DATABASE_URL": database_url, "DATA_DIR": str(data), "DEVELOPMENT": "1",
                "SEARCH_INDEX_DIR": f"{data}/index", "SEARCH_URL": "", "BACKUP_DIR": "",
                "EMAIL_URL": "dummymail://",
            })


def _dump(data: Path, server: str) -> bytes:
    """The same in a database of its own on ``server``, as the statements that make it."""
    import psycopg

    name = f"hub_release_{os.getpid()}"
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            _load(data, url, "migrate --verbosity=0", "load_reference")
            text = subprocess.run(
                ["pg_dump", "--no-owner", "--no-acl", f"--dbname={url}"], check=True,
                stdout=subprocess.PIPE).stdout.decode()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    return NEWER.sub("", text).encode()


def _tar(folder: Path) -> bytes:
    """The files below ``folder``, without anything that is of this machine or moment."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size = path.stat().st_size
            with open(path, "rb") as file:
                tar.addfile(member, file)
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    store(FOLDER / __version__, os.environ.get("POSTGRESQL_URL"))
