"""What the processes of a hub do for the tests of backups: each function runs in one of its own."""

import json
from pathlib import Path


def back_up(_folder, to) -> str:
    """The path of a new backup in the folder ``to``."""
    from hub.backup import backups

    return str(backups.create(Path(to)))


def put_back(_folder, path) -> dict:
    """The manifest of the backup at ``path``, which takes the place of what is here."""
    from hub.backup import backups

    return backups.restore(Path(path), replace=True)


def wrong(_folder, acknowledged) -> list[str]:
    """What is wrong with the hub: in itself, and with what the lines ``acknowledged`` of the log
    of an editor (see ``hub_in_processes``) say was committed before."""
    from django.db import connection
    from wagtail.models import Page, Revision

    from hub.backup import stored_files
    from hub.models import HubDocument

    connection.check_constraints()
    found = [*stored_files.differences()]
    found += [f"page tree: {problem}" for problem in Page.find_problems() if problem]
    lines = [json.loads(line) for line in acknowledged]
    pages = set(Page.objects.values_list("pk", flat=True))
    titles = {content["title"] for content in Revision.objects.values_list("content", flat=True)}
    documents = set(HubDocument.objects.values_list("pk", flat=True))
    for line in lines:
        done = line.get("done") or {}
        if "file" in done and done["file"] not in documents:
            found.append(f"document {done['file']} is lost")
        if line["page"] in pages and done.get("title", "") not in {"", *titles}:
            found.append(f"“{done['title']}” is lost")
    return found


def pages(_folder) -> int:
    """How many pages there are, the demonstration that the restored hub is a hub."""
    from wagtail.models import Page

    return Page.objects.count()
