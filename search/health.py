"""Checks of the search indexes and of the cluster."""

import time
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hub.formatting import moment
from hub.health.findings import Figure, Finding, State
from search.editors.wagtail_backend import has_editors_index
from search.engines.contract import IndexUnavailable
from search.index import cluster, indexer
from search.index.history import History
from search.models import ClusterQueueEntry

TOLD_FOR = timedelta(days=7)  # that an index was damaged


def index() -> Finding:
    """Whether the public search has an index that can be read, and whether it was damaged."""
    engine = indexer.engine()
    built, damaged = (_last(engine.path, event) for event in ("built", "damaged"))
    figures = () if built is None else (Figure(
        "index_age_seconds", "Since the search index was built as a whole.",
        (timezone.now() - built).total_seconds()),)
    if not engine.is_readable():
        return Finding(
            State.BROKEN,
            _("It is missing or cannot be read; searches find titles and summaries only."),
            _("The schedule builds it within minutes. If it does not, look at the disk and run "
              "manage.py index --repair."), figures=figures)
    if engine.is_suspect():
        return Finding(
            State.LOOK, _("Something was wrong with its files; the schedule checks them."),
            _("Look again in some minutes. manage.py index --check tells what it is."),
            figures=figures)
    entries = engine.count()
    figures += (Figure("index_entries", "Entries of the search index.", entries),)
    says = ngettext("It can be read and has %(number)s entry.",
                    "It can be read and has %(number)s entries.", entries) % {"number": entries}
    if damaged is not None and timezone.now() - damaged < TOLD_FOR:
        return Finding(
            State.LOOK, says + " " + _("It was damaged on %(moment)s and built again.") % {
                "moment": moment(damaged)},
            _("Once may be chance. If it happens again, the disk is failing: have it looked at."),
            figures=figures)
    return Finding(State.WELL, says, figures=figures)


def _last(path, event: str) -> datetime | None:
    try:
        return datetime.fromisoformat(History(path).read()[event]["last"])
    except (KeyError, TypeError, ValueError):
        return None


def editors_index() -> Finding:
    """Whether the search of the admin has its index."""
    if has_editors_index():
        return Finding(State.WELL, _("It can be read."))
    return Finding(
        State.LOOK, _("It is missing or not complete; searches in the admin find names only."),
        _("The schedule fills it within minutes. If it does not, run manage.py index."))


def search_cluster() -> Finding | None:
    """Whether the cluster answers and is up to date; None where there is none."""
    target = cluster.cluster()
    if target is None:
        return None
    waiting = ClusterQueueEntry.objects.count()
    figures = (Figure("cluster_queue", "Pages that the search cluster has not taken in.", waiting),)
    began = time.monotonic()
    try:
        target.engine.within(2).count()
    except IndexUnavailable as error:
        return Finding(
            State.LOOK,
            _("It does not answer as it should (%(error)s); the local index answers.") % {
                "error": type(error).__name__},
            _("Is it running, and is SEARCH_URL right? The schedule brings it up to date by itself "
              "when it is back."), figures=figures)
    milliseconds = round(1000 * (time.monotonic() - began))
    return Finding(
        State.WELL, ngettext(
            "It answered in %(ms)s ms; %(number)s page waits for it.",
            "It answered in %(ms)s ms; %(number)s pages wait for it.", waiting)
        % {"ms": milliseconds, "number": waiting}, figures=figures)
