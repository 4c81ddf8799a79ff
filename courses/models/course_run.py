"""A run of a curriculum: when and where it is taught, by whom, for how many."""

from datetime import datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from courses.models.curriculum_page import CurriculumPage


class RunState(models.TextChoices):
    """The state of a run as people see it; computed, never entered."""

    SOON = "soon", _("Enrolment has not begun")
    OPEN = "open", _("Open for enrolment")
    FULL = "full", _("Full, with a waiting list")
    CLOSED = "closed", _("Enrolment has ended")
    OVER = "over", _("Over")
    CANCELLED = "cancelled", _("Cancelled")


def possible_leaders() -> Q:
    """Users who can be facilitator or organiser: those who work here, not all members."""
    return Q(
        groups__name__in=[settings.FACILITATORS_GROUP, "Editors", "Moderators"]
    ) | Q(is_superuser=True)


class CourseRunQuerySet(models.QuerySet):
    def public(self):
        """Runs of curricula that anybody may read."""
        return self.filter(curriculum__in=CurriculumPage.objects.open_to_all())

    def with_dates(self):
        """With ``first`` and ``last``, the days of the first and the last meeting."""
        return self.annotate(first=Min("meetings__date"), last=Max("meetings__date"))

    def with_seats(self):
        """With ``taken_seats`` and ``waiting_count``, which each run would ask for alone."""
        enrolments = self.model.enrolments.rel.related_model.objects.order_by()
        own = enrolments.filter(run=models.OuterRef("pk")).values("run")

        def number(found):
            return Coalesce(models.Subquery(found.values(number=Count("pk"))), 0)

        return self.annotate(
            taken_seats=number(own.enrolled()), waiting_count=number(own.waiting().order_by())
        )

    def upcoming(self):
        """Runs whose last meeting is not over yet, the next first."""
        return self.with_dates().filter(last__gte=timezone.localdate()).order_by("first", "pk")

    def led_by(self, user):
        return self.filter(Q(facilitators=user) | Q(organisers=user)).distinct()


class CourseRun(ClusterableModel):
    """A course that people enrol in.

    Not a page: it belongs to a curriculum in any language, holds personal data, and ends.
    """

    curriculum = models.ForeignKey(
        CurriculumPage, on_delete=models.SET_NULL, null=True, related_name="runs",
        verbose_name=_("curriculum"),
    )
    title = models.CharField(
        _("title"), max_length=200, help_text=_("E.g. “Third group, Chana”."),
    )
    language = models.CharField(
        _("taught in"), max_length=2, choices=settings.LANGUAGES, default="th"
    )
    place = models.CharField(_("place"), max_length=255)
    area = models.ForeignKey(
        "hub.Area", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("area"),
    )
    seats = models.PositiveSmallIntegerField(
        _("seats"), default=20, validators=[MinValueValidator(1)]
    )
    opens_on = models.DateField(
        _("enrolment opens on"), null=True, blank=True, help_text=_("Empty: at once.")
    )
    closes_on = models.DateField(
        _("last day of enrolment"), null=True, blank=True,
        help_text=_("Empty: until the first meeting begins."),
    )
    contact = models.CharField(
        _("contact"), max_length=255, help_text=_("Whom to ask, by telephone or e-mail. Public.")
    )
    note = models.TextField(
        _("good to know"), blank=True, help_text=_("E.g. what to bring, how to get there.")
    )
    facilitators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="facilitated_runs",
        verbose_name=_("facilitators"),
        help_text=_("They see the group, record who came and confirm completion."),
    )
    organisers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="organised_runs",
        verbose_name=_("organisers"), help_text=_("They see the group and keep its list."),
    )
    required_meetings = models.PositiveSmallIntegerField(
        _("meetings needed for the certificate"), null=True, blank=True,
        validators=[MinValueValidator(1)], help_text=_("Empty: all of them."),
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("days before a meeting on which people are reminded"), default=3
    )
    retention_days = models.PositiveSmallIntegerField(
        _("days that telephone numbers and needs are kept after the last meeting"), default=365,
        help_text=_("Then they are erased. Certificates and counts stay."),
    )
    is_cancelled = models.BooleanField(
        _("cancelled"), default=False, help_text=_("Everybody in it gets a letter.")
    )
    cancelled_reason = models.CharField(_("why it is cancelled"), max_length=255, blank=True)
    # Dates, place and cancellation as last announced by e-mail; see ``announcement``.
    announced = models.JSONField(default=dict, editable=False)
    details_erased_at = models.DateTimeField(null=True, editable=False)

    objects = CourseRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("course run")
        verbose_name_plural = _("course runs")
        permissions = [("lead_any_group", _("See and lead the group of any course run"))]

    def __str__(self):
        return self.title

    def clean(self):
        super().clean()
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValidationError({"closes_on": _("The end lies before the start.")})
        if self.is_cancelled and not self.cancelled_reason.strip():
            raise ValidationError({"cancelled_reason": _("Say why: it stands in the letter.")})

    def get_absolute_url(self):
        return reverse("course_run", args=[self.pk])

    @property
    def name(self) -> str:
        """The curriculum's title with the run's own."""
        return f"{self.curriculum.title} – {self.title}" if self.curriculum else self.title

    @cached_property
    def meeting_list(self) -> list["Meeting"]:
        return sorted(self.meetings.all(), key=lambda m: (m.date, m.starts_at))

    @property
    def begins(self) -> datetime | None:
        """The moment of the first meeting; None while there is no meeting."""
        return self.meeting_list[0].begins if self.meeting_list else None

    @property
    def is_over(self) -> bool:
        return bool(self.meeting_list) and self.meeting_list[-1].ends < timezone.now()

    @property
    def has_begun(self) -> bool:
        return bool(self.begins) and self.begins <= timezone.now()

    @property
    def required_attendance(self) -> int:
        """How many meetings one must have attended for the certificate, never more than all."""
        total = len(self.meeting_list)
        return min(self.required_meetings or total, total)

    @cached_property
    def taken_seats(self) -> int:
        return self.enrolments.enrolled().count()

    @cached_property
    def waiting_count(self) -> int:
        return self.enrolments.waiting().count()

    @property
    def free_seats(self) -> int:
        return max(self.seats - self.taken_seats, 0)

    @property
    def state(self) -> RunState:
        today = timezone.localdate()
        if self.is_cancelled:
            return RunState.CANCELLED
        if self.is_over:
            return RunState.OVER
        if self.opens_on and today < self.opens_on:
            return RunState.SOON
        if self.has_begun or not self.meeting_list or (self.closes_on and today > self.closes_on):
            return RunState.CLOSED
        # Those on the waiting list come first.
        return RunState.OPEN if self.free_seats and not self.waiting_count else RunState.FULL

    @property
    def is_accepting_enrolments(self) -> bool:
        return self.state in (RunState.OPEN, RunState.FULL)

    def announcement(self) -> dict:
        """What is compared to decide on an e-mail: dates with times, place, whether cancelled."""
        return {
            "meetings": [meeting.announcement() for meeting in self.meeting_list],
            "place": self.place, "cancelled": self.is_cancelled,
        }


class Meeting(Orderable):
    """One meeting of a run."""

    run = ParentalKey(CourseRun, on_delete=models.CASCADE, related_name="meetings")
    date = models.DateField(_("date"))
    starts_at = models.TimeField(_("from (time)"), default=time(9))
    ends_at = models.TimeField(_("to (time)"), default=time(16))
    place = models.CharField(
        _("another place"), max_length=255, blank=True,
        help_text=_("Empty: the place of the run."),
    )
    recorded_at = models.DateTimeField(null=True, editable=False)
    # The date of the last reminder; when the meeting moves, another reminder is sent.
    reminded_date = models.DateField(null=True, editable=False)

    panels = [
        FieldRowPanel([FieldPanel("date"), FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldPanel("place"),
    ]

    class Meta:
        ordering = ["date", "starts_at", "pk"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self):
        return f"{self.date}"

    def clean(self):
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end lies before the start.")})

    @property
    def begins(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.date, self.starts_at))

    @property
    def ends(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.date, self.ends_at))

    @property
    def minutes(self) -> int:
        return int((self.ends - self.begins).total_seconds() // 60)

    @property
    def location(self) -> str:
        return self.place or self.run.place

    def announcement(self) -> list[str]:
        return [str(self.date), f"{self.starts_at:%H:%M}", f"{self.ends_at:%H:%M}", self.place]
