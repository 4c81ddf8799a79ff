"""Checks of what every page needs: the database and its schema, the disk, the cache; and which
versions are at work."""

import platform
import shutil
from importlib.metadata import version
from pathlib import Path

import django
import wagtail
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from wagtail.models import Revision

from hub import __version__
from hub.health.findings import Figure, Finding, State
from hub.storage.address import is_s3
from hub.web import fallback_cache, schema
from hub.web.disk import disk_state

SHOWN = 5  # names of what is missing
MEGABYTE = 2**20


def database() -> Finding:
    """Whether the database answers and is of this version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    told = {
        "database": database_version(),
        "missing": ", ".join(schema.missing()[:SHOWN]),
        "migrations": ", ".join(schema.unapplied_migrations()[:SHOWN]),
    }
    figures = (Figure("revisions", "Stored revisions of pages and snippets.",
                      Revision.objects.count()),)
    update = _("Run the steps of “Updates” in docs/deployment.md; manage.py upgrade is one of "
               "them.")
    if told["missing"]:
        return Finding(
            State.BROKEN,
            _("%(database)s answers, but lacks what this version needs: %(missing)s.") % told,
            update, figures=figures)
    if told["migrations"]:
        return Finding(
            State.LOOK,
            _("%(database)s answers, but was not migrated: %(migrations)s.") % told, update,
            figures=figures)
    return Finding(State.WELL, _("%(database)s answers and is of this version.") % told,
                   figures=figures)


def database_version() -> str:
    """The name and version of the database that is at work."""
    connection.ensure_connection()
    numbers = connection.get_database_version()  # SQLite: (3, 46, 1); PostgreSQL: (17, 2)
    return f"{connection.display_name} {'.'.join(map(str, numbers))}"


def disk() -> Finding:
    """The disks of data, index and backups: do they take writes, how much is free?"""
    folders = {"data": Path(settings.DATA_DIR), "index": Path(settings.SEARCH_INDEX_DIR)}
    if settings.BACKUP_DIR and not is_s3(settings.BACKUP_DIR):
        folders["backups"] = Path(settings.BACKUP_DIR)
    states, figures, free = {}, [], {}
    for name, folder in folders.items():
        if name != "data" and not folder.exists():
            continue  # made when it is first needed
        states[name] = disk_state(folder)
        free[name] = shutil.disk_usage(folder).free
        figures.append(Figure("disk_free_bytes", "Free bytes of the disk that holds it.",
                              free[name], {"folder": name}))
    bad = [name for name, state in states.items() if state not in ("ok", "nearly full")]
    nearly = [name for name, state in states.items() if state == "nearly full"]
    titles = {"data": _("data folder"), "index": _("search index"), "backups": _("backups")}
    if bad:
        return Finding(
            State.BROKEN,
            _("The disk takes no writes (%(folders)s: %(state)s). Reading goes on; nothing can be "
              "stored.") % {"folders": ", ".join(titles[name] for name in bad),
                            "state": states[bad[0]]},
            _("Make room, at least 50 MB: old backups, other programs' files. Nothing has to be "
              "restarted."), figures=tuple(figures))
    least = min(free.values()) // MEGABYTE
    if nearly:
        return Finding(
            State.LOOK,
            _("The disk is nearly full (%(folders)s): %(free)s MB are free.") % {
                "folders": ", ".join(titles[name] for name in nearly), "free": least},
            _("Make room before nothing can be stored: old backups, other programs' files."),
            figures=tuple(figures))
    return Finding(State.WELL, _("It takes writes; %(free)s MB are free.") % {"free": f"{least:,}"},
                   figures=tuple(figures))


def cache() -> Finding:
    """Whether the memory of each process stands in for the cache."""
    state = fallback_cache.state()
    if state == "ok":
        return Finding(State.WELL, _("It answers."))
    return Finding(
        State.LOOK,
        _("It is away (%(error)s). The hub serves without it, more slowly, and each process counts "
          "wrong requests for itself.") % {"error": state},
        _("Is the program that CACHE_URL names running? Nothing of the hub has to be restarted."))


def versions() -> Finding:
    """What is at work, for whoever reports a fault. ``hub_info`` carries it to the metrics."""
    known = {
        "hub": __version__, "django": django.get_version(),
        "wagtail": wagtail.__version__, "python": platform.python_version(),
        "database": database_version(), "gunicorn": version("gunicorn"),
    }
    names = {"hub": _("hub"), "django": "Django", "wagtail": "Wagtail", "python": "Python",
             "database": "", "gunicorn": "gunicorn"}
    return Finding(
        State.WELL, ", ".join(
            f"{names[name]} {number}".strip() for name, number in known.items() if number),
        figures=(Figure("info", "Versions at work; always 1.", 1, known),))
