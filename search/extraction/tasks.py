"""Reading the text of documents in the background, and taking up again what was cut short."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from hub.changelog.recording import record
from hub.models import HubDocument
from search.extraction.extractor import MIME_TYPES, Limits, extract_safely
from search.models import DocumentText

# Longer than any task takes: reading a file ends by itself after Limits.seconds.
CUT_SHORT = timedelta(seconds=2 * Limits.seconds)
MOST_TRIES = 5


def want_text(document) -> None:
    """Ask for the text of ``document`` to be read unless this content was read already.

    Recordings, pictures and archives have no text to be read, and none is asked for.
    """
    if document.file_extension.lower() not in MIME_TYPES:
        DocumentText.objects.filter(document=document).delete()
        return
    with transaction.atomic():
        text, _created = DocumentText.objects.get_or_create(document=document)
        if text.file_hash == document.file_hash and text.status != DocumentText.Status.WAITING:
            return
        text.status = DocumentText.Status.WAITING
        text.file_hash = document.file_hash
        text.save(update_fields=["status", "file_hash"])
        read_text.enqueue(document_id=document.pk)


@task(priority=-1)  # many files take minutes, and what is saved meanwhile is to be found at once
def read_text(document_id: int) -> str:
    """Read one document's text out of process and log the change; returns the status.

    Does nothing when this content was read already, so it may be asked twice.
    """
    document = HubDocument.objects.filter(pk=document_id).first()
    if document is None:
        return "gone"
    known = DocumentText.objects.filter(document=document, file_hash=document.file_hash).first()
    if known and known.status != DocumentText.Status.WAITING:
        return known.status
    extracted = extract_safely(document.file.path, filename=document.filename)
    if not HubDocument.objects.filter(pk=document.pk, file_hash=document.file_hash).exists():
        return "replaced"  # meanwhile; the new file has a task of its own
    # One transaction: a text without its row in the change log would never be indexed.
    with transaction.atomic():
        text, _created = DocumentText.objects.update_or_create(
            document=document,
            defaults={
                "file_hash": document.file_hash,
                "status": extracted.status,
                "parts": [list(part) for part in extracted.parts],
                "sample": extracted.sample or "",
                "read_at": timezone.now(),
            },
        )
        record("document", document.pk)
    return text.status


def requeue_lost_tasks() -> None:
    """Put back to work what a killed process left: tasks that nobody works on any more, files
    that wait without a task, files that nobody was asked to read.

    The database's queue never looks again at a task that its worker did not finish.
    """
    _restart_tasks()
    _ask_for_waiting_texts()
    for document in HubDocument.objects.filter(text=None).iterator():
        if document.file_extension.lower() in MIME_TYPES:
            want_text(document)


def _restart_tasks():
    lost = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - CUT_SHORT)
    for result in lost:
        if len(result.worker_ids) >= MOST_TRIES:
            result.set_failed(RuntimeError(f"it ended its worker {MOST_TRIES} times"))
        else:
            lost.filter(pk=result.pk).update(status="READY")


def _ask_for_waiting_texts():
    """Only a queue in the database can be asked whether a task is still there."""
    backend = read_text.get_backend()
    if type(backend).__module__ != "django_tasks_db.backend":
        return
    tasks = DBTaskResult.objects.filter(task_path=read_text.module_path)
    for text in DocumentText.objects.filter(status=DocumentText.Status.WAITING):
        own = tasks.filter(args_kwargs__kwargs__document_id=text.document_id)
        if own.exclude(status__in=["SUCCESSFUL", "FAILED"]).exists():
            continue
        an_hour_ago = timezone.now() - timedelta(hours=1)
        failed = own.failed().filter(finished_at__gt=an_hour_ago)
        if any(len(result.worker_ids) >= MOST_TRIES for result in failed) or (
            failed.count() >= MOST_TRIES
        ):
            with transaction.atomic():
                DocumentText.objects.filter(
                    pk=text.pk, status=DocumentText.Status.WAITING
                ).update(status=DocumentText.Status.FAILED, read_at=timezone.now())
                record("document", text.document_id)
        else:
            read_text.enqueue(document_id=text.document_id)
