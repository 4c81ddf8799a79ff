"""The link between a closed lesson and its public masked copy."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MaskedLesson(models.Model):
    """Decisions about masking one lesson, and the public page built from them.

    Only those who may read the original see the link; the public page never shows it.
    ``released`` maps keys of spans (``lessons.masking.masker.Span.key``) to the reason why each is
    shown.
    """

    original = models.OneToOneField(
        "lessons.LessonPage", on_delete=models.CASCADE, related_name="masked"
    )
    copy = models.OneToOneField(
        "lessons.LessonPage", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    extra_words = models.TextField(
        _("mask these words too"), blank=True,
        help_text=_("One name or phrase a line. They are masked wherever they stand."),
    )
    released = models.JSONField(default=dict, blank=True)
    title = models.CharField(
        _("title of the masked copy"), max_length=255, blank=True,
        help_text=_("Leave empty: the masked title of the lesson."),
    )

    def __str__(self):
        return f"{self.original_id} → {self.copy_id}"

    @property
    def extra_word_list(self) -> list[str]:
        return [line.strip() for line in self.extra_words.splitlines() if line.strip()]

