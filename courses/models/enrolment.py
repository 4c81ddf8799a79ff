"""Participants of runs, waiting lists, and attendance of meetings."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.course_run import CourseRun, Meeting
from hub.models import Affiliation

# Of the text in templates/courses/runs/consent.html; raise it when that text changes.
CONSENT_VERSION = "1"


class EnrolmentQuerySet(models.QuerySet):
    def enrolled(self):
        return self.filter(state=Enrolment.State.ENROLLED)

    def waiting(self):
        """Those on the waiting list, the first in line first."""
        return self.filter(state=Enrolment.State.WAITING).order_by("requested_at", "pk")

    def current(self):
        return self.filter(state__in=[Enrolment.State.ENROLLED, Enrolment.State.WAITING])

    def erase_details(self) -> int:
        """Blank what was asked for the meetings only; returns how many rows changed."""
        return self.update(phone="", organisation=None, other_organisation="", needs="")


class Enrolment(Affiliation):
    """One person in one run; without ``user``, a person without an account or a former member."""

    class State(models.TextChoices):
        ENROLLED = "enrolled", _("has a seat")
        WAITING = "waiting", _("waits for a seat")
        LEFT = "left", _("gave the seat back")
        REMOVED = "removed", _("taken off the list")

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="enrolments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="enrolments",
    )
    state = models.CharField(max_length=10, choices=State.choices)
    name = models.CharField(_("name"), max_length=150, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    needs = models.CharField(_("needs"), max_length=500, blank=True)
    consent_version = models.CharField(max_length=10, blank=True)
    consented_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(default=timezone.now)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "user"], name="unique_enrolment"),
        ]

    def __str__(self):
        return f"{self.run_id} {self.pk}"

    @property
    def is_enrolled(self) -> bool:
        return self.state == self.State.ENROLLED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_current(self) -> bool:
        return self.is_enrolled or self.is_waiting

    @property
    def place_in_line(self) -> int:
        """Place in the waiting list, from 1; meaningful only while waiting."""
        before = models.Q(requested_at__lt=self.requested_at) | models.Q(
            requested_at=self.requested_at, pk__lt=self.pk
        )
        return self.run.enrolments.waiting().filter(before).count() + 1

    def blank_details(self) -> None:
        """Take out whatever the person entered, the name included; does not save."""
        self.name = self.phone = self.other_organisation = self.needs = ""
        self.organisation = None

    def record_consent(self) -> None:
        self.consent_version, self.consented_at = CONSENT_VERSION, timezone.now()


class Attendance(models.Model):
    """That somebody came to a meeting; absence has no row."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="attendances"
    )

    class Meta:
        verbose_name = _("attendance")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "enrolment"], name="unique_attendance"),
        ]

    def __str__(self):
        return f"{self.meeting_id} {self.enrolment_id}"
