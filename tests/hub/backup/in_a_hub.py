"""What the processes of a hub do for the tests of backups: each function runs in one of its own."""

import json


def back_up(_folder, to) -> str:
    """The name of a new backup in the place ``to``."""
    from hub.backup import backups
    from hub.backup.places import place_of

    return backups.create(place_of(to)).name


def put_back(_folder, place, name, identity) -> dict:
    """The manifest of the backup ``name`` in ``place``, which takes the place of what is here."""
    from hub.backup import backups
    from hub.backup.places import place_of

    return backups.restore(backups.Backup(place_of(place), name), identity, replace=True)


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
