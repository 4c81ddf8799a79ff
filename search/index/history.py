"""How often an index was built and found damaged, and when last: a file beside the index."""

import json
import uuid
from pathlib import Path

from django.utils import timezone


class History:
    """The events of the index below ``folder``."""

    def __init__(self, folder: Path):
        self.path = folder / "history.json"

    def read(self) -> dict:
        """``{"built": {"times": 1, "last": "2026-…", "reason": ""}, …}``; empty when unreadable."""
        try:
            found = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def count(self, event, reason="") -> None:
        history = self.read()
        before = history.get(event)
        times = before.get("times", 0) if isinstance(before, dict) else 0
        history[event] = {
            "times": times + 1, "last": timezone.now().isoformat(timespec="seconds"),
            "reason": reason[:1000],
        }
        draft = self.path.with_name(f"{self.path.name}.{uuid.uuid4().hex}")
        try:
            draft.write_text(json.dumps(history, ensure_ascii=False))
            draft.replace(self.path)
        except OSError:
            draft.unlink(missing_ok=True)
