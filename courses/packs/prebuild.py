"""Builds the packs of courses ahead of requests and records them, so that no reader waits for PDFs,
EPUBs or the database's write lock.

Runs as a job of the schedule, in a thread of its own: building the books of a course takes seconds,
which must delay neither publishing nor e-mails and text extraction. A pack that is requested before
the job has run is built by the request.
"""

import logging

from courses.models import CurriculumPage
from courses.packs.build import contents_of, with_manifest
from hub.models import OutboxEntry

logger = logging.getLogger(__name__)
_built_state = None  # of the outbox, when this process last checked all courses


def ensure_current() -> None:
    """Build the public pack of each course that lacks it, if anything public has changed."""
    global _built_state
    state = OutboxEntry.objects.state().shown
    if state == _built_state:
        return
    for page in CurriculumPage.objects.live():
        try:
            with_manifest(page, contents_of(page, user_may_facilitate=False), False)
        except Exception:  # e.g. an unreadable file; other courses are built all the same
            logger.exception("The pack of course %s could not be built ahead.", page.pk)
    _built_state = state
