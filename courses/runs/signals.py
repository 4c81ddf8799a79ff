"""What a public page shows of a run is made anew when it changes: dates, seats, certificates."""

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from courses.models import Certificate, CourseRun, Enrolment, GroupFile, Meeting
from hub.changelog.recording import record


def connect() -> None:
    for signal in (post_save, post_delete):
        for model in (CourseRun, Meeting, Enrolment, Certificate):
            signal.connect(_shown_changed, sender=model)
    m2m_changed.connect(_shown_changed, sender=CourseRun.facilitators.through)
    post_delete.connect(_file_gone, sender=GroupFile)


def _shown_changed(sender, **kwargs):
    record("site")


def _file_gone(sender, instance, **kwargs):
    file = instance.file
    transaction.on_commit(lambda: file.storage.delete(file.name))
