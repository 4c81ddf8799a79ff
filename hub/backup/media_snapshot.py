"""Uploaded files as they are, held by a second name each, so that a deletion does not take them."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def link_all(source: Path, folder: Path) -> None:
    """Give every file below ``source`` a name below ``folder``, where it has none yet.

    An uploaded file is never written again, so a hard link is as good as a copy, and takes no
    room. Where links cannot be made, files are copied.
    """
    for place, _folders, names in os.walk(source):
        target = folder / Path(place).relative_to(source)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            if (target / name).exists():
                continue
            with suppress(FileNotFoundError):  # deleted meanwhile
                _link(Path(place) / name, target / name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)


def files_below(folder: Path) -> list[Path]:
    """All files below ``folder``, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
