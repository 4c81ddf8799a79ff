"""Pictures embedded in pages, books and sheets, which are read without a network."""

import base64

from hub.access.readers import anybody

# Sharp on a phone and in an A4 column; old e-book readers open only JPEG.
SIZE = "max-800x800|format-jpeg|jpegquality-75|bgcolor-fff"


def picture_data(image) -> str:
    """``image`` in ``SIZE`` as a ``data:`` URL; "" when its file is missing or not for
    everybody."""
    if not anybody().may_have(image):
        return ""
    try:
        with image.get_rendition(SIZE).file.open("rb") as file:
            return f"data:image/jpeg;base64,{base64.b64encode(file.read()).decode()}"
    except OSError:  # includes SourceImageIOError
        return ""
