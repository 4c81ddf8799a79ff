"""How often an index was built and found damaged, and when last: a file beside the index."""

import json
import uuid
from pathlib import Path
from typing import Any

from django.utils import timezone


class History:
    """The events of the index below ``folder``."""

    def __init__(self, folder: Path):
        self.path = folder / "history.json"

    def read(self) -> dict[str, Any]:
        """``{"built": {"times": 1, "last": "2026-…", "reason": ""}, …}``; empty when unreadable."""
        try:
            found = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {event: last for event, last in found.items() if isinstance(last, dict)}

    def count(self, event: str, reason: str = "") -> None:
        history = self.read()
        history[event] = {
            "times": int(history.get(event, {}).get("times", 0)) + 1,
            "last": timezone.now().isoformat(timespec="seconds"),
            "reason": reason[:1000],
        }
        draft = self.path.with_name(f"{self.path.name}.{uuid.uuid4().hex}")
        try:
            draft.write_text(json.dumps(history, ensure_ascii=False))
            draft.replace(self.path)
        except OSError:
            draft.unlink(missing_ok=True)
