"""What moderators decide about a report, and what follows for the report and its reporter.

Moderators work in Wagtail's workflow; its decisions arrive here as signals.
"""

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.models import Collection, WorkflowState
from wagtail.signals import page_published, workflow_rejected

from hub.models import HubImage
from models_lib.models import ReplicationPage, ReplicationPhoto, ReplicationReport
from models_lib.replications.emails import email_reporter
from models_lib.replications.submission import answers_from


@transaction.atomic
def refuse(report, reason, moderator) -> None:
    """Refuse a report that is not live; the reporter is e-mailed ``reason``."""
    if state := report.page.current_workflow_state:
        state.cancel(user=moderator)
    report.refused_at, report.refusal = timezone.now(), reason
    report.save()
    email_reporter(report, "refused", gettext_lazy("Your report was not taken"), reason)


def _page_published(sender, instance, **kwargs):
    """Make the pictures public; e-mail the reporter when the page is published first."""
    report = ReplicationReport.objects.filter(page_id=instance.pk).first()
    if report is None:
        return
    root = Collection.get_first_root_node()
    for photo in report.photos.select_related("image"):
        if photo.image and photo.image.collection_id != root.pk:
            photo.image.collection = root
            photo.image.save()
    if report.notified_at is None:
        report.notified_at, report.refused_at, report.refusal = timezone.now(), None, ""
        report.save()
        email_reporter(report, "published", gettext_lazy("Your report is published"))


def _report_sent_back(sender, instance, **kwargs):
    """Update the answers with edits of moderators, and e-mail the reporter their comment."""
    report = ReplicationReport.objects.filter(page_id=instance.object_id).first()
    if report and isinstance(report.page, instance.content_type.model_class()):
        report.answers |= answers_from(report.page.get_latest_revision_as_object())
        report.save()
        email_reporter(report, "returned", gettext_lazy("A question about your report"),
                       instance.current_task_state.comment)


def _page_deleted(sender, instance, **kwargs):
    """Deleting a page that was never published refuses its report."""
    report = ReplicationReport.objects.filter(page_id=instance.pk, refused_at=None).first()
    if report and not instance.first_published_at:
        report.refused_at = timezone.now()
        report.save()
        email_reporter(report, "refused", gettext_lazy("Your report was not taken"))


def _photo_deleted(sender, instance, **kwargs):
    """Delete the file when the transaction is committed, and the image of an unpublished page."""
    name, storage = instance.file.name, instance.file.storage
    transaction.on_commit(lambda: storage.delete(name))
    if instance.image_id and not _is_published(instance):
        HubImage.objects.filter(pk=instance.image_id).delete()


def _is_published(photo) -> bool:
    page = ReplicationPage.objects.filter(report__pk=photo.report_id).first()
    return bool(page and page.live)


def connect() -> None:
    page_published.connect(_page_published, sender=ReplicationPage)
    workflow_rejected.connect(_report_sent_back, sender=WorkflowState)
    pre_delete.connect(_page_deleted, sender=ReplicationPage)
    post_delete.connect(_photo_deleted, sender=ReplicationPhoto)
