"""Sessions and handouts of the demonstration's curricula."""

import uuid

from courses.models import CourseSession, CurriculumPage, Handout
from courses.packs.build import contents_of, with_manifest

# Sessions keep their keys when the demonstration is loaded again.
NAMESPACE = uuid.UUID("5d1f7b52-6f0b-4e7e-9f4b-0b8f6a2f6f10")


def fill(page, text, document) -> None:
    """Give ``page`` the sessions and handouts of ``text``; ``document(values, course)`` makes the
    file of a handout."""
    page.sessions = [
        _session(text.name, {"number": place} | values)
        for place, values in enumerate(text.values["sessions"], 1)
    ]
    keys = [session.key for session in page.sessions.all()]
    page.handouts = [
        Handout(
            document=document(values, page.title), purpose=values.get("purpose", ""),
            session_key=keys[values["session"] - 1] if values.get("session") else None,
            facilitator_only=values.get("facilitator_only", False),
        )
        for values in text.values["handouts"]
    ]


def _session(name, values) -> CourseSession:
    steps = [("step", step) for step in values.pop("steps", [])]
    key = uuid.uuid5(NAMESPACE, f"{name}/{values.pop('number')}")
    return CourseSession(key=key, steps=steps, **values)


def take_home(page) -> None:
    """Make the pack of ``page`` as it is published now, as the first reader does: what changed
    since is told to who has it."""
    page = CurriculumPage.objects.get(pk=page.pk)
    with_manifest(page, contents_of(page, False), False)
