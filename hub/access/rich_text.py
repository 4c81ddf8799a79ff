"""Links and pictures in rich text, for the reader of the page that shows it.

A link to what the reader may not have keeps its words and loses its address, which has the name of
the page or the file. Outside ``shown_to`` a text is shown as anybody may see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.html import escape
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.images.rich_text import ImageEmbedHandler
from wagtail.rich_text.pages import PageLinkHandler

from hub.access.readers import Reader, anybody

_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)


@contextmanager
def shown_to(reader: Reader) -> Iterator[None]:
    """Rich text that is rendered meanwhile is for ``reader``."""
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)


def _had(files: list[Any]) -> list[Any]:
    reader = _reader.get() or anybody()
    kept = {file.pk for file in reader.having(file for file in files if file)}
    return [file if file and file.pk in kept else None for file in files]


class PageHandler(PageLinkHandler):
    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        reader = _reader.get() or anybody()
        pages = [page and page.localized for page in cls.get_many(attrs_list)]
        return [
            f'<a href="{escape(page.url)}">' if page and reader.may_read(page) else "<a>"
            for page in pages
        ]


class DocumentHandler(DocumentLinkHandler):
    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Any]:
        return _had(super().get_many(attrs_list))


class PictureHandler(ImageEmbedHandler):
    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Any]:
        return _had(super().get_many(attrs_list))

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        tags = super().expand_db_attributes_many(attrs_list)
        return ["" if tag == '<img alt="">' else tag for tag in tags]


LINK_HANDLERS = (PageHandler, DocumentHandler)
