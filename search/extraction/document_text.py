"""What the base layer is told of the text in documents (see ``hub.files.document_text``)."""

from hub.files.document_text import TextStatus
from search.models import DocumentText

Status = DocumentText.Status


def text_status(pks) -> dict[int, TextStatus]:
    return {text.document_id: _reading(text) for text in DocumentText.objects.filter(
        document__in=pks).defer("parts")}


def _reading(text) -> TextStatus:
    if text.status == Status.WAITING:
        return TextStatus(is_waiting=True)
    if text.status == Status.READ:
        return TextStatus()
    return TextStatus(
        problem=Status(text.status).label, is_garbled=text.status == Status.GARBLED,
        sample=text.sample,
    )


def read(pk) -> None:
    from search.extraction.tasks import read_text

    read_text.func(document_id=pk)
