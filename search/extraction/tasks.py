"""Extracts the text of documents in the background, and requeues tasks that were lost."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from hub.changelog.recording import record
from hub.files.local_copy import on_disk
from hub.models import HubDocument
from search.extraction.extractor import MIME_TYPES, Limits, extract_safely
from search.models import DocumentText

# Longer than any task takes: an extraction ends after Limits.seconds.
LOST_AFTER = timedelta(seconds=2 * Limits.seconds)
MAX_TRIES = 5


def request_text(document) -> None:
    """Enqueue the extraction of the text of ``document`` unless this content was read already.

    Recordings, pictures and archives have no text.
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
        extract_text.enqueue(document_id=document.pk)


@task(priority=-1)  # many files take minutes, which must not delay other tasks
def extract_text(document_id: int) -> str:
    """Extract one document's text in a child process and record the change; returns the status.

    Does nothing when this content was read already, so it may be enqueued twice.
    """
    document = HubDocument.objects.filter(pk=document_id).first()
    if document is None:
        return "gone"
    known = DocumentText.objects.filter(document=document, file_hash=document.file_hash).first()
    if known and known.status != DocumentText.Status.WAITING:
        return known.status
    with on_disk(document.file) as path:
        extracted = extract_safely(path, filename=document.filename)
    if not HubDocument.objects.filter(pk=document.pk, file_hash=document.file_hash).exists():
        return "replaced"  # meanwhile; the new file has a task of its own
    # One transaction: a text without its row in the change log is never indexed.
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
        record("text", document.pk)
    return text.status


def requeue_lost_tasks() -> None:
    """Enqueue again what a killed process left: tasks without a worker, texts that wait without
    a task, documents without a text.

    The database's queue never restarts a task that its worker did not finish.
    """
    _restart_tasks()
    _enqueue_waiting_texts()
    for document in HubDocument.objects.filter(text=None).iterator():
        if document.file_extension.lower() in MIME_TYPES:
            request_text(document)


def _restart_tasks():
    lost = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - LOST_AFTER)
    for result in lost:
        if len(result.worker_ids) >= MAX_TRIES:
            result.set_failed(RuntimeError(f"the task ended its worker {MAX_TRIES} times"))
        else:
            lost.filter(pk=result.pk).update(status="READY")


def _enqueue_waiting_texts():
    """Only a queue in the database can be queried for tasks that still exist."""
    backend = extract_text.get_backend()
    if type(backend).__module__ != "django_tasks_db.backend":
        return
    tasks = DBTaskResult.objects.filter(task_path=extract_text.module_path)
    for text in DocumentText.objects.filter(status=DocumentText.Status.WAITING):
        own = tasks.filter(args_kwargs__kwargs__document_id=text.document_id)
        if own.exclude(status__in=["SUCCESSFUL", "FAILED"]).exists():
            continue
        an_hour_ago = timezone.now() - timedelta(hours=1)
        failed = own.failed().filter(finished_at__gt=an_hour_ago)
        if any(len(result.worker_ids) >= MAX_TRIES for result in failed) or (
            failed.count() >= MAX_TRIES
        ):
            with transaction.atomic():
                DocumentText.objects.filter(
                    pk=text.pk, status=DocumentText.Status.WAITING
                ).update(status=DocumentText.Status.FAILED, read_at=timezone.now())
                record("text", text.document_id)
        else:
            extract_text.enqueue(document_id=text.document_id)
