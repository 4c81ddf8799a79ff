"""Invariants of a hub after any kill; every function returns the violations, a line each."""

import json
from collections import defaultdict

from wagtail.models import Page, PageLogEntry, Revision

from hub.models import Attachment, OutboxEntry
from lessons.models import LessonPage
from search.editors import wagtail_backend
from search.index import indexer
from search.models import DocumentText


def wrong_after_a_search(folder, results) -> list[str]:
    """The index agrees with the database, and the database with what was acknowledged."""
    wrong = []
    if waiting := OutboxEntry.objects.unprocessed().count():
        wrong.append(f"{waiting} changes wait after a search")
    if found := indexer.difference():
        wrong.append(f"the index differs: {found}")
    live = LessonPage.objects.live().count()
    if results.total != live:
        wrong.append(f"{results.total} found, {live} are live")
    return wrong + _half_transactions() + _lost_acknowledgements(folder)


def _half_transactions():
    wrong = [f"tree: {problems}" for problems in [Page.find_problems()] if any(problems)]
    for page in LessonPage.objects.all():
        log = PageLogEntry.objects.filter(page=page.pk).order_by("pk")
        published = log.filter(action="wagtail.publish")
        revisions = Revision.objects.filter(object_id=str(page.pk))
        if set(published.values_list("revision_id", flat=True)) != set(
            revisions.values_list("pk", flat=True)
        ):
            wrong.append(f"page {page.pk}: its revisions and its audit entries disagree")
        last = log.filter(action__in=["wagtail.publish", "wagtail.unpublish"]).last()
        if (last.action == "wagtail.publish") != page.live:
            wrong.append(f"page {page.pk}: live {page.live} after {last.action}")
        if page.live and page.live_revision_id not in revisions.values_list("pk", flat=True):
            wrong.append(f"page {page.pk}: live without its revision")
        if page.live and page.live_revision.as_object().title != page.title:
            wrong.append(f"page {page.pk}: its title is not its revision's")
    return wrong


def _lost_acknowledgements(folder):
    """Each page has the state after its last acknowledged action, or after one started later."""
    possible = defaultdict(lambda: [{}])
    path = folder / "acknowledged"
    for line in path.read_text().splitlines() if path.exists() else []:
        entry = json.loads(line)
        before = possible[entry["page"]]
        after = [state | entry.get("done", entry.get("about_to")) for state in before]
        possible[entry["page"]] = after if "done" in entry else before + after
    wrong = []
    for pk, states in possible.items():
        now = _state_of(pk)
        if not any(all(now.get(key) == state[key] for key in state) for state in states):
            wrong.append(f"page {pk} is {now}, acknowledged was {states}")
    return wrong


def _state_of(pk):
    page = LessonPage.objects.filter(pk=pk).first()
    if page is None:
        # The state of a page before its deletion does not matter.
        return _Anything(gone=True)
    attachment = Attachment.objects.filter(page=pk).first()
    return {"title": page.title, "live": page.live, "parent": page.get_parent().pk,
            "file": attachment and attachment.document_id}


class _Anything(dict):
    def get(self, key):
        return self[key] if key in self else _Equal()


class _Equal:
    def __eq__(self, other):
        return True


def wrong_after_the_schedule() -> list[str]:
    """No leftovers of a killed rebuild, and no incomplete index."""
    wrong = []
    for engine in (indexer.engine(), wagtail_backend.editors_engine()):
        left = [*engine.path.glob("g-*"), *engine.path.glob("current.*")]
        if len(left) != 1:
            wrong.append(f"left in the index folder: {[path.name for path in left]}")
    if not wagtail_backend.has_editors_index():
        wrong.append("the editors' index is incomplete")
    return wrong


def wrong_at_the_end() -> list[str]:
    """Every file was read and every object is in the editors' index."""
    from django_tasks_db.models import DBTaskResult
    from modelsearch.index import get_indexed_models

    wrong = [f"{text} ({text.status})" for text in DocumentText.objects.exclude(status="read")]
    unfinished = DBTaskResult.objects.exclude(status__in=["SUCCESSFUL", "FAILED"])
    wrong += [f"{task.task_path} is {task.status}" for task in unfinished]
    if found := indexer.difference():
        wrong.append(f"the index differs: {found}")
    wanted = {
        wagtail_backend._key(obj)
        for model in get_indexed_models()
        for obj in model.get_indexed_objects()
        if type(obj) is model
    }
    missing = wanted - {key for key, _digest in wagtail_backend.editors_engine().digests()}
    return wrong + [f"not in the editors' index: {key}" for key in sorted(missing)]
