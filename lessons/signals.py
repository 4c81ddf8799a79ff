"""What follows when lessons or answers about them change."""

from django.db.models.signals import post_delete, post_save

from hub.changelog.recording import record


def _masked_lesson_deleted(sender, instance, **kwargs):
    """What an organisation takes back goes with its copy."""
    if instance.public:
        instance.public.delete()


def _answered(sender, instance, **kwargs):
    """Counts stand on the lesson's page in every language and in the report."""
    record("site")


def connect() -> None:
    from lessons.models import LessonAnswer, MaskedLesson

    post_delete.connect(_masked_lesson_deleted, sender=MaskedLesson)
    for signal in (post_save, post_delete):
        signal.connect(_answered, sender=LessonAnswer)
