"""Text from bytes whose encoding nobody tells: UTF-8, UTF-16, or Windows-874 of Thai programs.

No Django here, and nothing else of this project.
"""

import codecs

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
READABLE = 0.9  # of the characters, before unmarked bytes count as UTF-16


def encoding_of(content: bytes) -> str | None:
    """The encoding that a byte order mark, or the places of its zero bytes, tell of ``content``.

    Without a mark, UTF-16 is known by its zero bytes: no other text has them, and in UTF-16 every
    comma, digit and end of a line has one. Of the two orders it is the one in which nearly all
    characters are ASCII or Thai. None when neither tells: UTF-8 or an encoding of single bytes.
    """
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\0" not in content:
        return None
    shares = {order: _readable_share(content, order) for order in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=shares.get)
    return best if shares[best] >= READABLE else None


def decode(content: bytes) -> str:
    """``content`` as text without a byte order mark: by its mark, as unmarked UTF-16, as UTF-8,
    else as Windows-874, in which Excel on Thai Windows saves “CSV”.

    Raises UnicodeDecodeError when it is none of them.
    """
    known = encoding_of(content)
    if known:
        return content.decode(known)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp874")


def _readable_share(content, encoding) -> float:
    """How much of ``content`` is printable ASCII, white space or Thai when read so, 0 to 1."""
    text = content.decode(encoding, "replace")
    readable = sum(
        " " <= character <= "~" or character in "\t\r\n" or "\u0e01" <= character <= "\u0e5b"
        for character in text
    )
    return readable / len(text) if text else 0
