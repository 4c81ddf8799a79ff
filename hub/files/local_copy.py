"""An uploaded file for programs that read from disk, wherever it is stored."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.models.fields.files import FieldFile


@contextmanager
def on_disk(file: FieldFile) -> Iterator[Path]:
    """The path of ``file``: its own, or that of a copy for as long as the block runs.

    There is nothing at the path when the file is gone from the storage.
    """
    try:
        path = Path(file.path)
    except NotImplementedError:  # the storage has no paths
        with tempfile.TemporaryDirectory(prefix="hub-file-") as folder:
            copy = Path(folder) / "file"
            try:
                with file.storage.open(str(file.name), "rb") as source, copy.open("wb") as target:
                    shutil.copyfileobj(source, target)
            except FileNotFoundError:
                copy.unlink(missing_ok=True)
            yield copy
    else:
        yield path
