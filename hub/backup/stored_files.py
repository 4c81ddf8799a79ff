"""Are the uploaded files what was uploaded? Their sizes and hashes are stored beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.utils.file import hash_filelike


def differences() -> Iterator[str]:
    """A line for each document and picture whose file is missing, or is not what was stored."""
    for model in (get_document_model(), get_image_model()):
        for stored in model.objects.order_by("pk").iterator():
            if said := _difference(stored):
                yield f"{model._meta.model_name} {stored.pk} ({stored.file.name}): {said}"


def _difference(stored: Any) -> str:
    try:
        size = stored.file.size
        if stored.file_size is not None and size != stored.file_size:
            return f"{size} bytes, {stored.file_size} were stored"
        if stored.file_hash:
            with stored.open_file() as file:
                if hash_filelike(file) != stored.file_hash:
                    return "its content is not what was stored"
    except OSError as error:
        return "missing" if isinstance(error, FileNotFoundError) else str(error)
    return ""
