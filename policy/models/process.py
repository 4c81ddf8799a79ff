"""The process of an assembly: its stages and its public hearings."""

import uuid
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, PageChooserPanel

from hub.models import Topic


class ProcessStage(models.Model):
    """One stage of an assembly's process: from a date to a date, the last day included.

    Stages may overlap, and a kind may occur twice (a second round of amendments).
    """

    class Kind(models.TextChoices):
        """In the order in which they usually follow each other."""

        ISSUE = "issue", _("Gathering the issues")
        AGENDA_CALL = "agenda_call", _("Call for agenda items")
        PROPOSAL = "proposal", _("Choosing among the proposals")
        DRAFT = "draft", _("Writing the draft resolutions")
        HEARINGS = "hearings", _("Hearings")
        AMENDMENTS = "amendments", _("Amendments to the drafts")
        ADOPTION = "adoption", _("Adopting the resolutions")
        CLAUSES = "clauses", _("Publishing the clauses")
        FOLLOW_UP = "follow_up", _("Following up the clauses")

    page = ParentalKey("policy.AssemblyPage", on_delete=models.CASCADE, related_name="process")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("stage"), max_length=12, choices=Kind.choices)
    starts = models.DateField(_("from"))
    ends = models.DateField(
        _("to"), null=True, blank=True, help_text=_("The last day. Leave empty: no end is set.")
    )
    note = models.CharField(
        _("note"), max_length=255, blank=True,
        help_text=_("What people should know, e.g. where the meeting is."),
    )

    panels = [
        FieldPanel("kind"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        FieldPanel("note"),
    ]

    class Meta:
        ordering = ["starts", "pk"]
        verbose_name = _("stage of the process")
        verbose_name_plural = _("stages of the process")

    def __str__(self):
        return str(self.get_kind_display())

    def clean(self):
        super().clean()
        if self.starts and self.ends and self.ends < self.starts:
            raise ValidationError({"ends": _("The end lies before the start.")})

    def includes(self, day) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


class HearingManager(models.Manager):
    """Hearings with their groups, which a form and a page show of every one."""

    def get_queryset(self):
        # In an order: a form asks anew where there is none.
        groups = HearingGroup.objects.select_related("group").order_by("pk")
        return super().get_queryset().prefetch_related(models.Prefetch("groups", groups))


class Hearing(ClusterableModel):
    """A public hearing: date, place, draft, participants by group, and its minutes."""

    page = ParentalKey("policy.AssemblyPage", on_delete=models.CASCADE, related_name="hearings")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    date = models.DateField(_("date"))
    starts_at = models.TimeField(_("from (time)"), null=True, blank=True)
    ends_at = models.TimeField(_("to (time)"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=255)
    draft = models.ForeignKey(
        "policy.DraftResolutionPage", on_delete=models.SET_NULL, null=True, blank=True,
        related_name="hearings", verbose_name=_("draft resolution"),
        help_text=_("Leave empty when it is about all drafts."),
    )
    note = models.CharField(_("note"), max_length=255, blank=True)
    minutes = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("minutes"),
    )

    panels = [
        FieldRowPanel([FieldPanel("date"), FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldPanel("place"),
        PageChooserPanel("draft", page_type="policy.DraftResolutionPage"),
        FieldPanel("note"),
        InlinePanel("groups", heading=_("Participants by group"), label=_("group")),
        FieldPanel("minutes"),
    ]
    objects = HearingManager()

    class Meta:
        ordering = ["date", "starts_at", "pk"]
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")

    def __str__(self):
        return f"{self.date} {self.place}"

    def clean(self):
        super().clean()
        if self.ends_at and (not self.starts_at or self.ends_at <= self.starts_at):
            raise ValidationError({"ends_at": _("The end lies before the start.")})

    @property
    def start(self) -> datetime | None:
        """When it begins, in the hub's time zone; None when only the day is known."""
        return self._datetime(self.starts_at)

    @property
    def end(self) -> datetime | None:
        return self._datetime(self.ends_at)

    def _datetime(self, time):
        return time and timezone.make_aware(datetime.combine(self.date, time))

    @cached_property
    def participants(self) -> list["HearingGroup"]:
        return sorted(self.groups.all(), key=lambda g: (g.group.sort_order, g.group.name_th))

    @property
    def number_of_participants(self) -> int:
        return sum(row.number for row in self.participants)


class HearingGroup(models.Model):
    """The number of participants of one group at a hearing."""

    hearing = ParentalKey(Hearing, on_delete=models.CASCADE, related_name="groups")
    group = models.ForeignKey(
        "hub.Topic", on_delete=models.PROTECT, related_name="+", verbose_name=_("group"),
        limit_choices_to={"kind": Topic.Kind.GROUP},
    )
    number = models.PositiveIntegerField(_("number of people"))

    panels = [FieldRowPanel([FieldPanel("group"), FieldPanel("number")])]

    class Meta:
        verbose_name = _("group at a hearing")
        verbose_name_plural = _("groups at hearings")

    def __str__(self):
        return f"{self.group} {self.number}"
