"""A curriculum as whoever teaches it needs it: sessions with their files, and what to bring."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SessionWithFiles:
    """A session, its place from 1, and its handouts."""

    number: int
    session: object  # CourseSession
    handouts: list


@dataclass
class Thing:
    """Something to bring, and the places of the sessions that need it."""

    name: str
    sessions: list = field(default_factory=list)


def sessions_with_files(page, handouts) -> list[SessionWithFiles]:
    """The sessions of ``page`` in order; ``handouts`` are those that the reader may have."""
    by_key = {}
    for handout in handouts:
        by_key.setdefault(handout.session_key, []).append(handout)
    return [
        SessionWithFiles(number, session, by_key.get(session.key, []))
        for number, session in enumerate(page.sessions.all(), 1)
    ]


def to_bring(page) -> list[Thing]:
    """The materials of all sessions, each once, in the order in which they are first needed."""
    found = {}
    for number, session in enumerate(page.sessions.all(), 1):
        for name in session.things:
            thing = found.setdefault(name.casefold(), Thing(name))
            if number not in thing.sessions:
                thing.sessions.append(number)
    return list(found.values())
