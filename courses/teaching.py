"""A curriculum arranged for teaching: sessions with their files, and the materials they need.

Takes pages, sessions and handouts as they are; free of Django, so that models can import it.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SessionWithHandouts:
    """A session, its place from 1, and its handouts."""

    number: int
    session: object  # CourseSession
    handouts: list


@dataclass
class Material:
    """Something to bring, and the places of the sessions that need it."""

    name: str
    sessions: list[int] = field(default_factory=list)


def sessions_with_handouts(page, handouts) -> list[SessionWithHandouts]:
    """The sessions of ``page`` in order; ``handouts`` are those that the reader may have."""
    by_key = {}
    for handout in handouts:
        by_key.setdefault(handout.session_key, []).append(handout)
    return [
        SessionWithHandouts(number, session, by_key.get(session.key, []))
        for number, session in enumerate(page.sessions.all(), 1)
    ]


def materials_needed(page) -> list[Material]:
    """The materials of all sessions, each once, in the order in which they are first needed."""
    found = {}
    for number, session in enumerate(page.sessions.all(), 1):
        for name in session.material_names:
            material = found.setdefault(name.casefold(), Material(name))
            if number not in material.sessions:
                material.sessions.append(number)
    return list(found.values())
