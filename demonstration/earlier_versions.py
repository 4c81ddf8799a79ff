"""Earlier versions of pages of the demonstration, to compare versions with.

A file in ``content/earlier`` contains what was different: values instead of the current ones, and
the differing fields of building blocks, sessions and handouts, identified by their title ``now``.
"""

from dataclasses import replace

from demonstration import texts


def versions_before(text) -> list[texts.Text]:
    """The versions to publish before ``text``, oldest first."""
    path = texts.FOLDER / "earlier" / f"{text.stem}.{text.language}.toml"
    if text.kind not in BUILDERS or not path.exists():
        return []
    earlier = texts.read(f"earlier/{path.name}")
    values = BUILDERS[text.kind](text, earlier)
    return [replace(text, values=text.values | {"changes": ""} | values)]


def _earlier_model(text, earlier) -> dict:
    changes = _by_current_title(earlier.pop("building_blocks", []))
    blocks = [
        block | changes.pop(block["title"], {}) for block in text.values["building_blocks"]
    ]
    _require_empty(changes)
    return earlier | {"building_blocks": blocks}


def _earlier_curriculum(text, earlier) -> dict:
    """The sessions in the order of the file; each keeps the ``number`` that its key depends on."""
    now = {session["title"]: session | {"number": number}
           for number, session in enumerate(text.values["sessions"], 1)}
    order = earlier.pop("sessions")
    _require_empty({session["now"] for session in order} - now.keys())
    sessions = [now[session.pop("now")] | session for session in order]
    without = earlier.pop("without_handouts", [])
    changes = _by_current_title(earlier.pop("handouts", []))
    places = {session["number"]: place for place, session in enumerate(sessions, 1)}
    handouts = [
        handout | changes.pop(handout["title"], {}) | {
            "session": places.get(handout["session"], 0)}
        for handout in text.values["handouts"] if handout["title"] not in without
    ]
    _require_empty(changes)
    return earlier | {"sessions": sessions, "handouts": handouts}


def _by_current_title(rows) -> dict:
    return {row.pop("now"): row for row in rows}


def _require_empty(names) -> None:
    if names:
        raise ValueError(f"The page now has nothing called {', '.join(names)}.")


BUILDERS = {"model": _earlier_model, "curriculum": _earlier_curriculum}
