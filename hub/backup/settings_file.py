"""The settings that a hub needs to go on elsewhere as it was: a file of its variables.

``SECRET_KEY`` is among them: without it e-mails that wait cannot be sent, and links in those under
way stop working. In a backup that is not encrypted, passwords of other servers are left out:
whoever finds it has this hub, and nothing else.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

from django.conf import settings

from hub.environment import ReadEnv

NAME = "settings.env"
NEVER = {"BACKUP_IDENTITY"}  # it opens the very backup it would be in
FOR_OTHERS = {"METRICS_TOKEN", "SENTRY_DSN"}  # say who may ask other servers, or is asked
PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")


def content(*, is_encrypted: bool) -> bytes:
    """A line for each variable that is set, as a shell or systemd reads them."""
    wanted = (ReadEnv.names - NEVER) & os.environ.keys()
    found = {name: os.environ[name] for name in wanted}
    if not is_encrypted:
        found = {
            name: PASSWORD.sub("…@", value)
            for name, value in found.items() if name not in FOR_OTHERS
        }
    found["SECRET_KEY"] = settings.SECRET_KEY  # of a development hub it is in a file
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in sorted(found.items())]
    return "".join(lines).encode()


def put_back(unpacked: Path, manifest: dict[str, Any]) -> Path | None:
    """Put the file of a backup that was unpacked into DATA_DIR, beside others; nobody reads it by
    itself, since paths and servers differ. None where the backup is older than the file."""
    if not (unpacked / NAME).exists():
        return None
    stamp = re.sub(r"\W", "", manifest["created"][:19])
    target = Path(settings.DATA_DIR) / f"settings-of-{stamp}.env"
    target.touch(mode=0o600)
    target.write_bytes((unpacked / NAME).read_bytes())
    return target


def is_another_key(file: Path) -> bool:
    """Whether the hub runs with another SECRET_KEY than that in ``file``."""
    [line] = [line for line in file.read_text("utf-8").splitlines()
              if line.startswith("SECRET_KEY=")]
    return shlex.split(line.partition("=")[2]) != [settings.SECRET_KEY]
