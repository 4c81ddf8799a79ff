"""Reading the text of documents in the background."""

from django.utils import timezone
from django_tasks import task

from hub.changes import record
from hub.models import HubDocument
from search.extraction import MIME_TYPES, extract_safely
from search.models import DocumentText


def want_text(document) -> None:
    """Ask for the text of ``document`` to be read unless this content was read already.

    Recordings, pictures and archives have no text to be read, and none is asked for.
    """
    if document.file_extension.lower() not in MIME_TYPES:
        DocumentText.objects.filter(document=document).delete()
        return
    text, _created = DocumentText.objects.get_or_create(document=document)
    if text.file_hash == document.file_hash and text.status != DocumentText.Status.WAITING:
        return
    text.status = DocumentText.Status.WAITING
    text.file_hash = document.file_hash
    text.save(update_fields=["status", "file_hash"])
    read_text.enqueue(document_id=document.pk)


@task()
def read_text(document_id: int) -> str:
    """Read one document's text out of process and log the change; returns the status."""
    document = HubDocument.objects.filter(pk=document_id).first()
    if document is None:
        return "gone"
    extracted = extract_safely(document.file.path, filename=document.filename)
    if not HubDocument.objects.filter(pk=document.pk, file_hash=document.file_hash).exists():
        return "replaced"  # meanwhile; the new file has a task of its own
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


@task(priority=10)  # before files: somebody waits with the mail program open
def write_to_asker(alert_id: int) -> str:
    """Ask the reader to confirm her alert. The address is read here: tasks are kept for days."""
    from search.letters import confirm_letter
    from search.models import Alert

    alert = Alert.objects.select_related("site").filter(pk=alert_id).first()
    if alert is None:
        return "gone"
    try:
        confirm_letter(alert).send()
    except Exception as error:
        # What is raised is kept with the task, and mail servers repeat the address.
        raise RuntimeError(f"The letter was not sent: {type(error).__name__}") from None
    return "sent"
