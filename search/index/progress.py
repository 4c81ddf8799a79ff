"""Which entries of the outbox an index has taken in; kept in the folder of its files.

The outbox itself tells only that some index has processed an entry. Two versions of the hub that
run side by side, during a deployment, share it, and each has an index of its own.
"""

import json
import uuid
from collections.abc import Iterable
from pathlib import Path


class Progress:
    """The ids that were taken in, as long as the outbox keeps their entries.

    A lost or unreadable file says that nothing was: taking an entry in twice does no harm.
    """

    def __init__(self, folder: Path):
        self.path = folder / "progress.json"
        try:
            self.taken = {int(pk) for pk in json.loads(self.path.read_text())}
        except (OSError, ValueError, TypeError):
            self.taken = set()

    def has_missed(self, present: Iterable[int]) -> bool:
        """Whether the outbox, with the entries ``present``, may have deleted one not taken in."""
        first = min(present, default=None)
        return bool(self.taken) and first is not None and max(self.taken) < first - 1

    def add(self, pks: Iterable[int], present: Iterable[int]) -> bool:
        """Remember that ``pks`` were taken in, and forget what is no longer ``present``.

        Returns whether that was stored. When the disk is full it is not, and they are taken in
        again.
        """
        self.taken |= set(pks)
        present = set(present)
        kept = {pk for pk in self.taken if pk in present or pk == max(self.taken)}
        draft = self.path.with_name(f"{self.path.name}.{uuid.uuid4().hex}")
        try:
            draft.write_text(json.dumps(sorted(kept)))
            draft.replace(self.path)
        except OSError:
            draft.unlink(missing_ok=True)
            return False
        return True
