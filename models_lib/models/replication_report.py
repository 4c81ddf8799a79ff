"""Reports of replications: entered by members, stored until they become pages."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import WorkflowState

from models_lib.models.model_page import ModelPage
from models_lib.models.replication_page import ReplicationPage


class ReplicationReportQuerySet(models.QuerySet):
    def reported_by(self, user):
        """The reports of ``user``, the last changed first."""
        return (
            self.filter(reporter=user)
            .select_related("model__locale", "page")
            .order_by("-changed_at", "-pk")
        )

    def unsent(self):
        return self.filter(sent_at=None)

    def get_locked(self, **lookup):
        """The report, locked until the transaction ends; None if there is none."""
        return self.select_for_update().filter(**lookup).first()


class ReplicationReport(models.Model):
    """A report of one person; before it is sent nobody else can see it.

    ``answers`` holds the form's values as they were typed, valid or not: {field name: text},
    without those about contact. When sent, the report becomes a page that is not live.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Not sent yet")
        WAITING = "waiting", _("With the editors")
        RETURNED = "returned", _("Sent back with a question")
        PUBLISHED = "published", _("Published")
        REFUSED = "refused", _("Not taken")
        WITHDRAWN = "withdrawn", _("Taken down")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="replication_reports"
    )
    model = models.ForeignKey(ModelPage, on_delete=models.CASCADE, related_name="reports")
    page = models.OneToOneField(
        ReplicationPage, on_delete=models.SET_NULL, null=True, related_name="report"
    )
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)  # when the reporter was e-mailed: published
    refused_at = models.DateTimeField(null=True)
    refusal = models.TextField(blank=True)  # the reason for refusing it, sent to the reporter

    objects = ReplicationReportQuerySet.as_manager()

    def __str__(self):
        return f"{self.model}: {self.answers.get('who', '')}"

    @property
    def state(self) -> "ReplicationReport.State":
        """The state of the report, derived from its page and the page's workflow."""
        if self.sent_at is None:
            return self.State.DRAFT
        if self.page and self.page.live:
            return self.State.PUBLISHED
        if self.refused_at or self.page is None:
            return self.State.REFUSED
        if self.page.first_published_at:
            return self.State.WITHDRAWN
        workflow = self.page.current_workflow_state
        if workflow and workflow.status == WorkflowState.STATUS_NEEDS_CHANGES:
            return self.State.RETURNED
        return self.State.WAITING

    @property
    def is_editable(self) -> bool:
        """Whether the reporter may change it: before sending, and when it was sent back."""
        return self.state in (self.State.DRAFT, self.State.RETURNED)

    @property
    def moderator_comment(self) -> str:
        """The comment with which a moderator sent it back or refused it; else empty."""
        if self.state == self.State.RETURNED:
            task = self.page.current_workflow_state.current_task_state
            return task.comment if task else ""
        return self.refusal if self.state == self.State.REFUSED else ""

    @property
    def address(self) -> str:
        """The address of the form with this report, below its Model."""
        return f"{self.model.url}{self.model.reverse_subpage('continue_report', [self.key])}"


class ReplicationContact(models.Model):
    """Whom editors may contact; not on the page, so that no revision, index or export has it."""

    report = models.OneToOneField(
        ReplicationReport, on_delete=models.CASCADE, related_name="contact"
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)

    def __str__(self):
        return self.name


class ReplicationPhoto(models.Model):
    """A photo of a report, in private storage; ``image`` is its copy on the page."""

    MAX_PER_REPORT = 6

    report = models.ForeignKey(
        ReplicationReport, on_delete=models.CASCADE, related_name="photos"
    )
    file = models.ImageField(upload_to="replications/")
    alt_text = models.CharField(_("what the picture shows"), max_length=255, blank=True)
    image = models.OneToOneField(
        "hub.HubImage", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.alt_text

    @property
    def address(self) -> str:
        return reverse("replications_photo", args=[self.pk])
