"""The files of a pack that changed since a copy, to be unpacked over that copy."""

import io

from django.template.loader import render_to_string

from courses.packs.checksums import sums_of
from courses.packs.contents import PackFile
from courses.updates.changes_since import obsolete_paths, outdated_files

NAME = "CHANGES.txt"


def changed_files(page, files, edition, number, user_may_facilitate) -> list[PackFile]:
    """Those of the pack ``files`` that the copy ``edition`` of version ``number`` lacks, after a
    text that explains what to do with them. Empty when the copy is complete, or when its contents
    are unknown (``edition`` is None)."""
    changed = outdated_files(files, edition) if edition else []
    if not changed:
        return []
    text = render_to_string("courses/packs/changes.txt", {
        "title": page.title, "before": number, "now": page.current_version.number,
        "changed_handouts": [file for file in changed if file.kind == "handout"],
        "obsolete_paths": obsolete_paths(page, files, edition, user_may_facilitate),
    })
    content = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    sums = sums_of(io.BytesIO(content))
    return [
        PackFile(path=NAME, size=sums.bytes, sha256=sums.sha256, crc32=sums.crc32, title=NAME,
                 kind="site", open_file=lambda: io.BytesIO(content)),
        *changed,
    ]
