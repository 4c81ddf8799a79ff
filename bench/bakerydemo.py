"""Wagtail's demonstration, bakerydemo, installed and served to hold the hub against.

It comes as a checkout, since only registries of packages can be reached from everywhere. It gets an
environment of its own, with the Wagtail that its own requirements name, its production settings and
its own initial data, all in a scratch folder that the next run finds again.
"""

import glob
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from bench import scratch_hub

NEWEST_FIRST = ("3.14", "3.13", "3.12")  # its Django wants 3.12
ADDRESSES = """
from bakerydemo.breads.models import BreadPage, BreadsIndexPage
from wagtail.models import Site
print(Site.objects.get(is_default_site=True).root_page.url.split("//")[-1].partition("/")[2],
      *(kind.objects.live().order_by("pk")[0].get_url_parts()[2]
        for kind in (BreadPage, BreadsIndexPage)),
      sep="\\n")
"""


class Missing(Exception):
    """Why bakerydemo cannot be measured."""


def install(source: str, scratch: Path) -> Path:
    """A copy of the checkout ``source`` with environment and data in ``scratch``."""
    folder, python = scratch / "bakerydemo", scratch / "bakerydemo-env/bin/python"
    if not folder.exists():
        if not Path(source).is_dir():
            raise Missing(f"{source} is no folder")
        _run("git", "clone", "--quiet", source, folder)
    if not (scratch / "bakerydemo-env/ready").exists():
        shutil.rmtree(scratch / "bakerydemo-env", ignore_errors=True)
        _run(_python(), "-m", "venv", scratch / "bakerydemo-env")
        _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "-r", folder / "requirements/base.txt", "whitenoise>=6.11,<7", "gunicorn")
        (scratch / "bakerydemo-env/ready").touch()
    if not (scratch / "bakerydemo-ready").exists():
        (scratch / "bakerydemo.sqlite3").unlink(missing_ok=True)
        for command in ("migrate", "collectstatic", "load_initial_data"):
            options = {"migrate": ["--verbosity=0"],
                       "collectstatic": ["--verbosity=0", "--no-input"]}.get(command, [])
            _run(python, "manage.py", command, *options, cwd=folder, env=_environment(scratch))
        (scratch / "bakerydemo-ready").touch()
    return folder


@contextmanager
def served(scratch: Path, port: int):
    """Serve what ``install`` made; yields its addresses by name. Their pictures are made by the
    first visits, which whoever measures does not count."""
    folder, python = scratch / "bakerydemo", scratch / "bakerydemo-env/bin/python"
    said = _run(python, "manage.py", "shell", "-c", ADDRESSES, cwd=folder,
                env=_environment(scratch))
    home, bread, breads = said.split("\n")[-4:-1]
    command = scratch_hub.plain_gunicorn(python, "bakerydemo.wsgi", port)
    address = f"http://127.0.0.1:{port}"
    with scratch_hub.serving(command, f"{address}/", folder, _environment(scratch)):
        yield {name: f"{address}/{path.lstrip('/')}" for name, path in (
            ("bakerydemo: home", home), ("bakerydemo: a bread", bread),
            ("bakerydemo: list of breads", breads))}


def versions(scratch: Path) -> str:
    code = "import django, wagtail; print('Wagtail', wagtail.__version__, 'Django', django.VERSION)"
    return _run(scratch / "bakerydemo-env/bin/python", "-c", code).strip()


def _environment(scratch: Path) -> dict[str, str]:
    left = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    return left | {
        "DJANGO_SETTINGS_MODULE": "bakerydemo.settings.production", "SECURE_SSL_REDIRECT": "False",
        "DJANGO_SECRET_KEY": "bench", "DATABASE_URL": f"sqlite:///{scratch}/bakerydemo.sqlite3",
    }


def _python() -> str:
    for version in NEWEST_FIRST:
        found = [*glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}*/bin/python")),
                 shutil.which(f"python{version}")]
        for candidate in filter(None, found):
            asked = subprocess.run([candidate, "-c", "import sys; print(sys.version_info[:2])"],
                                   capture_output=True, text=True, check=False)
            if asked.returncode == 0:
                return candidate
    if sys.version_info >= (3, 12):
        return sys.executable
    raise Missing("its Django wants Python 3.12 or newer, and there is none")


def _run(*command, **options) -> str:
    said = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=False, **options)
    if said.returncode:
        raise Missing(f"{command[0]} … {command[-1]} failed: {said.stderr.strip()[-300:]}")
    return said.stdout
