"""Signal receivers for changes of lessons and of answers about them."""

from django.db.models.signals import post_delete, post_save

from hub.changelog.recording import record
from lessons.models import LessonAnswer, MaskedLesson


def _delete_masked_copy(sender, instance, **kwargs):
    """A masked copy must not outlive its original."""
    if instance.copy:
        instance.copy.delete()


def _record_answer(sender, instance, **kwargs):
    """Counts are shown on the lesson's page in every language and in the report."""
    record("site")


def connect() -> None:
    post_delete.connect(_delete_masked_copy, sender=MaskedLesson)
    for signal in (post_save, post_delete):
        signal.connect(_record_answer, sender=LessonAnswer)
