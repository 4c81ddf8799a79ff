"""A zip of only what changed since a copy, to be unpacked over it."""

import io

from django.template.loader import render_to_string

from courses.packs.checksums import sums_of
from courses.packs.contents import PackFile
from courses.updates.changes_since import to_delete, to_fetch

NAME = "CHANGES.txt"


def files_since(page, files, edition, number, user_may_facilitate) -> list[PackFile]:
    """Of the pack ``files`` what the copy ``edition`` of version ``number`` has not, and before
    them a text that says what to do with them; nothing where it has everything, or where what it
    has is not known (``edition`` is None)."""
    changed = to_fetch(files, edition) if edition else []
    if not changed:
        return []
    text = render_to_string("courses/pack/changes.txt", {
        "title": page.title, "before": number, "now": page.current_version.number,
        "fetched": [file for file in changed if file.kind == "handout"],
        "gone": to_delete(files, edition, user_may_facilitate),
    })
    content = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    sums = sums_of(io.BytesIO(content))
    return [
        PackFile(path=NAME, size=sums.bytes, sha256=sums.sha256, crc32=sums.crc32, title=NAME,
                 kind="site", opener=lambda: io.BytesIO(content)),
        *changed,
    ]
