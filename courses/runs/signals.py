"""Invalidates cached pages when a run changes, and deletes files with their rows."""

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from courses.models import Certificate, CourseRun, Enrolment, GroupFile, Meeting
from hub.changelog.recording import record


def connect_signals() -> None:
    for signal in (post_save, post_delete):
        for model in (CourseRun, Meeting, Enrolment, Certificate):
            signal.connect(_on_public_content_changed, sender=model)
    m2m_changed.connect(_on_public_content_changed, sender=CourseRun.facilitators.through)
    post_delete.connect(_on_file_deleted, sender=GroupFile)


def _on_public_content_changed(sender, **kwargs):
    record("site")


def _on_file_deleted(sender, instance, **kwargs):
    file = instance.file
    transaction.on_commit(lambda: file.storage.delete(file.name))
