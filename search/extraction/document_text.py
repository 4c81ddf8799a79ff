"""The text of documents for the base layer, see ``hub.files.document_text``."""

from hub.files.document_text import TextStatus
from search.extraction.tasks import extract_text
from search.models import DocumentText

Status = DocumentText.Status


def text_status(pks) -> dict[int, TextStatus]:
    """The hook ``document_text_status``."""
    texts = DocumentText.objects.filter(document__in=pks).defer("parts")
    return {text.document_id: _status_of(text) for text in texts}


def _status_of(text) -> TextStatus:
    if text.status == Status.WAITING:
        return TextStatus(is_waiting=True)
    if text.status == Status.READ:
        return TextStatus()
    return TextStatus(
        problem=Status(text.status).label, is_garbled=text.status == Status.GARBLED,
        sample=text.sample,
    )


def extract_now(pk) -> None:
    """The hook ``extract_document_text``."""
    extract_text.func(document_id=pk)
