"""Whether a suggested lesson was used, and if not, why."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class LessonAnswer(models.Model):
    """The current answer of an author of ``target`` about one lesson.

    Earlier answers stay in Wagtail's log of the lesson.
    """

    class Answer(models.TextChoices):
        USED = "used", _("Used")
        NOT_USED = "not_used", _("Not used, because…")

    lesson = models.ForeignKey(
        "lessons.LessonPage", on_delete=models.CASCADE, related_name="answers"
    )
    target = models.ForeignKey(
        "hub.KnowledgePage", on_delete=models.CASCADE, related_name="lesson_answers"
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    reason = models.TextField(_("reason"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("answer about a lesson")
        verbose_name_plural = _("answers about lessons")
        constraints = [
            models.UniqueConstraint(fields=["lesson", "target"], name="one_answer_about_a_lesson")
        ]

    def __str__(self):
        return f"{self.lesson_id} → {self.target_id}: {self.answer}"

    def clean(self):
        super().clean()
        if self.answer == self.Answer.NOT_USED and not self.reason.strip():
            raise ValidationError({"reason": _("Say why the lesson was not used.")})
