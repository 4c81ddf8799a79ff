"""The packs of courses are made before anybody asks, so that no reader waits for books.

By the schedule, beside what else it does: making the books of a course takes seconds, for which
neither a publication nor the letters and texts of the worker wait. Who asks before the schedule
came has the pack made.
"""

import logging

from courses.packs.contents import contents_of

logger = logging.getLogger(__name__)
_state = None  # of all public content, when this process last went through the courses


def ensure_current() -> None:
    """Make the public pack of each course that lacks it, once anything public has changed."""
    global _state
    from courses.models import CurriculumPage
    from hub.models import OutboxEntry

    state, _pending = OutboxEntry.objects.state()
    if state == _state:
        return
    for page in CurriculumPage.objects.live():
        try:
            contents_of(page, user_may_facilitate=False)
        except Exception:  # of one course, a file that cannot be read perhaps
            logger.exception("The pack of course %s was not made ahead.", page.pk)
    _state = state
