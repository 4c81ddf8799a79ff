"""Signal receivers for changes of lessons and of answers about them."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import ProtectedError
from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.models import Revision

from hub.changelog.recording import record
from hub.models import Organisation
from lessons.models import LessonAnswer, LessonPage, MaskedLesson


def _delete_masked_copy(sender, instance, **kwargs):
    """A masked copy must not outlive its original."""
    if instance.copy:
        instance.copy.delete()


def _record_answer(sender, instance, **kwargs):
    """Counts are shown on the lesson's page in every language and in the report."""
    record("site")


def _keep_organisation(sender, instance, **kwargs):
    """A draft or an earlier version that names the organisation could not be opened without it."""
    named = Revision.objects.filter(
        content_type=ContentType.objects.get_for_model(LessonPage),
        content__organisation=instance.pk,
    )
    if named.exists():
        raise ProtectedError("Versions of lessons name the organisation.", set(named[:1]))


def connect() -> None:
    pre_delete.connect(_keep_organisation, sender=Organisation)
    post_delete.connect(_delete_masked_copy, sender=MaskedLesson)
    for signal in (post_save, post_delete):
        signal.connect(_record_answer, sender=LessonAnswer)
