"""What the base layer is told of the text in documents (see ``hub.files.document_text``)."""

from hub.files.document_text import Reading
from search.models import DocumentText

Status = DocumentText.Status


def readings(pks) -> dict[int, Reading]:
    return {text.document_id: _reading(text) for text in DocumentText.objects.filter(
        document__in=pks).defer("parts")}


def _reading(text) -> Reading:
    if text.status == Status.WAITING:
        return Reading(is_waiting=True)
    if text.status == Status.READ:
        return Reading()
    return Reading(
        problem=Status(text.status).label, is_garbled=text.status == Status.GARBLED,
        sample=text.sample,
    )


def read(pk) -> None:
    from search.extraction.tasks import read_text

    read_text.func(document_id=pk)
