"""Sessions, handouts and packs of the demonstration's curricula."""

import uuid

from courses.models import CourseSession, CurriculumPage, Handout
from courses.packs.build import contents_of, with_manifest

# Keys of sessions are derived from it, so that they stay the same when loaded again.
NAMESPACE = uuid.UUID("5d1f7b52-6f0b-4e7e-9f4b-0b8f6a2f6f10")


def fill(page, text, document) -> None:
    """Set the sessions and handouts of ``page`` from ``text``.

    ``document(values, course)`` returns the document of a handout.
    """
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


def build_pack(page) -> None:
    """Build the pack of ``page`` as it is published now, as the first download would: changes since
    then can be shown only for editions that were built."""
    page = CurriculumPage.objects.get(pk=page.pk)
    with_manifest(page, contents_of(page, False), False)
