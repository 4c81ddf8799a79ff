"""Permission to access facilitators' files."""

from django.conf import settings


def facilitates(reader) -> bool:
    """As ``may_facilitate``, for a ``hub.access.readers.Reader``."""
    return reader.is_facilitator or reader.answer(may_facilitate)


def may_facilitate(user) -> bool:
    """Whether ``user`` may have the files that are for facilitators only."""
    return user.is_authenticated and (
        user.is_superuser or user.has_perm("courses.change_curriculumpage")
        or user.groups.filter(name=settings.FACILITATORS_GROUP).exists()
    )
