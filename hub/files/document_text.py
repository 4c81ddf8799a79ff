"""What is known of the text in documents, asked of the app that extracts it without importing it.

It provides both functions by the hooks ``document_text_status`` and ``extract_document_text``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.hooks import provider


@dataclass(frozen=True)
class TextStatus:
    """What came of extracting the text of one document.

    ``is_waiting``: not extracted yet. ``problem``: why its text cannot be used, for people, lazy;
    empty when there is text. ``is_garbled`` tells the one problem that another file of the same
    text would not have. ``sample`` is a piece of the text where it is garbled.
    """

    is_waiting: bool = False
    problem: str = ""
    is_garbled: bool = False
    sample: str = ""


def text_status_of(pks: Iterable[int]) -> dict[int, TextStatus]:
    """Id of a document → its status. Recordings and archives are not in it."""
    return provider("document_text_status")(list(pks))


def extract_now(pk: int) -> None:
    """Extract the document's text in this process, up to a minute, instead of in the background."""
    provider("extract_document_text")(pk)
