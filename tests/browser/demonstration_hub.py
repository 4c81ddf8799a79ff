"""A hub with the demonstration, its files indexed and packs built, kept in var/ between runs.

Preparing it takes more than a minute; every worker that runs browser tests copies it. Run as a
program, this module prepares the hub in advance.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.template_database import FOLDER, ROOT, exclusive, template_file

DATABASE = "hub.sqlite3"


def environment(data, url) -> dict[str, str]:
    """Environment variables for a hub at ``url`` whose data is in the folder ``data``."""
    return os.environ | {
        "DEVELOPMENT": "1", "DATA_DIR": str(data), "BASE_URL": url,
        "PORT": str(urlsplit(url).port), "DATABASE_URL": f"sqlite:///{data / DATABASE}",
        "PYTHONUNBUFFERED": "1", "EMAIL_URL": f"filemail:///{data / 'mail'}",
        "SEARCH_INDEX_DIR": str(data / "index"), "SEARCH_URL": "",
        "DJANGO_SETTINGS_MODULE": "hub.settings",
    }


def prepared() -> Path:
    """The folder of the prepared hub, built anew when code or content have changed."""
    folder = FOLDER / f"hub-{_key()}"
    with exclusive("hub"):
        if not folder.exists():
            for old in FOLDER.glob("hub-*"):
                shutil.rmtree(old)
            partial = FOLDER / "hub-part"
            _prepare(partial)
            partial.rename(folder)
    return folder


def copy(data, url) -> None:
    """Copy the prepared hub to ``data`` and set its site to ``url``."""
    shutil.copytree(prepared(), data, dirs_exist_ok=True)
    address = urlsplit(url)
    with closing(sqlite3.connect(data / DATABASE)) as database, database:
        database.execute(
            "UPDATE wagtailcore_site SET hostname = ?, port = ? WHERE is_default_site",
            [address.hostname, address.port],
        )


def _key():
    """A hash of everything but tests and templates, which the server reads from the source."""
    digest = hashlib.sha256(sys.version.encode())
    apps = [path.parent for path in ROOT.glob("*/migrations")]
    files = [path for folder in (*apps, ROOT / "static", ROOT / "locale")
             for path in folder.rglob("*") if path.suffix not in (".pyc", ".mo")]
    for path in sorted(filter(Path.is_file, [ROOT / "requirements.txt", *files])):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _prepare(data):
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    shutil.copy(template_file(), data / DATABASE)
    for arguments in (["prepare"], ["db_worker", "--batch", "--no-startup-delay"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True,
            env=environment(data, "http://127.0.0.1:8000"),
        )
        if done.returncode:
            raise RuntimeError(f"The demonstration was not prepared:\n{done.stdout}{done.stderr}")
    with closing(sqlite3.connect(data / DATABASE)) as database:
        [left] = database.execute(
            "SELECT COUNT(*) FROM django_tasks_database_dbtaskresult WHERE finished_at IS NULL"
        ).fetchone()
        if left:  # a worker that is told to end does so without an error
            raise RuntimeError(f"The demonstration was not prepared: {left} tasks are left.")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    prepared()
