"""The link between a closed lesson and the masked copy that everybody reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MaskedLesson(models.Model):
    """What the author decided about masking one lesson, and the public page made by it.

    The link is known to those who may read the original and never shown on the public page.
    ``released`` maps stretches as ``lessons.masking.masker`` names them to the reasons for showing them.
    """

    original = models.OneToOneField(
        "lessons.LessonPage", on_delete=models.CASCADE, related_name="masked"
    )
    public = models.OneToOneField(
        "lessons.LessonPage", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    words = models.TextField(
        _("mask these words too"), blank=True,
        help_text=_("One name or phrase a line. They are masked wherever they stand."),
    )
    released = models.JSONField(default=dict, blank=True)
    title = models.CharField(
        _("title of the masked copy"), max_length=255, blank=True,
        help_text=_("Leave empty: the masked title of the lesson."),
    )

    def __str__(self):
        return f"{self.original_id} → {self.public_id}"

    @property
    def word_list(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]
