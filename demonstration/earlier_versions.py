"""Earlier versions of the demonstration's pages, so that there is something to compare.

A file in ``content/earlier`` says what differed: values in place of today's, and of building
blocks, sessions and handouts those fields that read otherwise, each under the title it has ``now``.
"""

from dataclasses import replace

from demonstration import content


def of(text) -> list[content.Text]:
    """The versions of ``text`` that are published before it, oldest first."""
    path = content.FOLDER / "earlier" / f"{text.stem}.{text.language}.toml"
    if text.kind not in OF_KIND or not path.exists():
        return []
    was = content.read(f"earlier/{path.name}")
    return [replace(text, values=text.values | {"changes": ""} | OF_KIND[text.kind](text, was))]


def _of_model(text, was) -> dict:
    other = _named(was.pop("building_blocks", []))
    blocks = [
        block | other.pop(block["title"], {}) for block in text.values["building_blocks"]
    ]
    _none_left(other)
    return was | {"building_blocks": blocks}


def _of_curriculum(text, was) -> dict:
    """Sessions stand in the order in which the file names them; each keeps its ``number``, which
    is what it is known by."""
    now = {session["title"]: session | {"number": number}
           for number, session in enumerate(text.values["sessions"], 1)}
    order = was.pop("sessions")
    _none_left({session["now"] for session in order} - now.keys())
    sessions = [now[session.pop("now")] | session for session in order]
    without, other = was.pop("without_handouts", []), _named(was.pop("handouts", []))
    places = {session["number"]: place for place, session in enumerate(sessions, 1)}
    handouts = [
        handout | other.pop(handout["title"], {}) | {
            "session": places.get(handout["session"], 0)}
        for handout in text.values["handouts"] if handout["title"] not in without
    ]
    _none_left(other)
    return was | {"sessions": sessions, "handouts": handouts}


def _named(rows) -> dict:
    return {row.pop("now"): row for row in rows}


def _none_left(names) -> None:
    if names:
        raise ValueError(f"The page now has nothing called {', '.join(names)}.")


OF_KIND = {"model": _of_model, "curriculum": _of_curriculum}
