"""Looks after the local index, outside requests: builds it, checks it, mends it.

The schedule calls ``look_after`` every few seconds. One process does so at a time, under the
builder's lock, which ends with its process: a killed builder is followed by the next. Until there
is an index again, a plain search of the database stands in (``search.query.plain_search``).
"""

import logging
import shutil
import time

from django.conf import settings

from search.engines import generations
from search.engines.contract import IndexUnavailable
from search.engines.tantivy_engine import FOLDER, TantivyEngine
from search.index import indexer
from search.index.history import History

logger = logging.getLogger(__name__)
BYTES_PER_LOOK = 32_000_000  # of files read to compare checksums
SECONDS_BETWEEN_CHECKS = 6 * 3600  # of one file
UNUSED_DAYS = 7  # then the folder of another version is deleted
SECONDS_BETWEEN_MARKS = 600
USED = "used"  # a file in each version's folder; its time tells when it was last used
# What stood in SEARCH_INDEX_DIR itself before each version had a folder of its own.
OLD_LAYOUT = ("current", "writer.lock", "editors", "g-*")


def look_after() -> None:
    """Check the index, set it aside when it is damaged, build it where there is none."""
    engine = indexer.engine()
    try:
        with engine.building():
            _mark_as_used()
            if problem := check_and_mend(engine):
                logger.error("The search index was damaged and is built again: %s", problem)
            _build_if_missing()
    except TimeoutError:
        return  # another process looks after it
    indexer.catch_up()
    engine.tidy()
    remove_unused_folders()


def _build_if_missing() -> None:
    try:
        if indexer.build_if_missing():
            logger.warning("The search index was missing and is built now.")
    except Exception:
        logger.exception("The search index could not be built; it is tried again.")
        generations.remove_set_aside(indexer.engine().path)  # the disk may be full


def check_and_mend(engine: TantivyEngine) -> str:
    """Check a suspect index whole and another one bit by bit; set it aside when it is damaged.

    Returns what was wrong, counted in the history beside the index.
    """
    suspect = engine.is_suspect()
    try:
        wrong = engine.verify() if suspect else engine.verify(
            BYTES_PER_LOOK, older_than=SECONDS_BETWEEN_CHECKS)
    except IndexUnavailable as error:
        # No pointer is what a new hub has; another one that cannot be read is damage.
        wrong = {"current": str(error)} if (engine.path / "current").exists() else {}
    if wrong:
        problem = "; ".join(f"{name}: {what}" for name, what in sorted(wrong.items()))
        engine.set_aside()
        History(engine.path).count("damaged", problem)
        return problem
    if suspect:
        engine.clear()
    return ""


def _mark_as_used() -> None:
    mark = indexer.engine().path / USED
    if not mark.exists() or time.time() - mark.stat().st_mtime > SECONDS_BETWEEN_MARKS:
        mark.touch()


def remove_unused_folders() -> None:
    """Delete the indexes of other versions of the hub that nobody has used for some days, and what
    was set aside some days ago."""
    before = time.time() - UNUSED_DAYS * 86_400
    root = settings.SEARCH_INDEX_DIR
    generations.remove_set_aside(indexer.engine().path, before)
    for folder in root.glob("schema-*"):
        if folder.name != FOLDER and _last_used(folder) < before:
            shutil.rmtree(folder, ignore_errors=True)
    old = [path for pattern in OLD_LAYOUT for path in root.glob(pattern)]
    if old and max(path.stat().st_mtime for path in old) < before:
        for path in old:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _last_used(folder) -> float:
    mark = folder / USED
    return (mark if mark.exists() else folder).stat().st_mtime
