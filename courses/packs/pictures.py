"""Pictures of a course inside its pages, books and sheets, so that they need no network."""

import base64

# Sharp on a phone and in an A4 column; JPEG is what old readers of books open, too.
SIZE = "max-800x800|format-jpeg|jpegquality-75|bgcolor-fff"


def picture_data(image) -> str:
    """``image`` in ``SIZE`` as a ``data:`` address; "" where its file is gone, or where it lies in
    a collection that is not open to all."""
    if image.collection.get_view_restrictions().exists():
        return ""
    try:
        with image.get_rendition(SIZE).file.open("rb") as file:
            return f"data:image/jpeg;base64,{base64.b64encode(file.read()).decode()}"
    except OSError:  # SourceImageIOError is one, too
        return ""
