"""Certificates: which course was completed, by whom, and whether it is still valid."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from courses.models.enrolment import Enrolment

# No character that is easily misread for another one: no 0 O 1 I L U.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP_COUNT, GROUP_LENGTH = 4, 4  # 16 of 30 characters are 78 bits: not guessable


def new_code() -> str:
    """A code that can be read out on the telephone: 7KQ4-…"""
    return "-".join(get_random_string(GROUP_LENGTH, ALPHABET) for _group in range(GROUP_COUNT))


class Certificate(models.Model):
    """That somebody completed a course. Its texts are stored as they were when it was issued."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.SET_NULL, null=True, related_name="certificates"
    )
    code = models.CharField(max_length=24, unique=True, default=new_code, editable=False)
    holder = models.CharField(max_length=150, blank=True)
    # language → {"course": title, "competences": [text]}, of each language the curriculum is in
    texts = models.JSONField(default=dict)
    run_title = models.CharField(max_length=200)
    place = models.CharField(max_length=255)
    first_day = models.DateField()
    last_day = models.DateField()
    minutes = models.PositiveIntegerField()
    attended = models.PositiveSmallIntegerField()
    meetings = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(_("reason"), max_length=255, blank=True)
    erased_at = models.DateTimeField(null=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(revoked_at=None),
                name="unique_valid_certificate",
            ),
        ]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("certificate", args=[self.code])

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None

    def _localized_texts(self) -> dict:
        return self.texts.get(get_language()) or next(iter(self.texts.values()), {})

    @property
    def course(self) -> str:
        """The course in the reader's language, where it has one."""
        return self._localized_texts().get("course", self.run_title)

    @property
    def competences(self) -> list[str]:
        return self._localized_texts().get("competences", [])
