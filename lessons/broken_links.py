"""Where the chain is broken at lessons."""

from django.utils.translation import gettext_lazy as _

from hub.broken_links import Check, linked, register
from hub.chain import LEADING_ON, Stage


def never_used(pages):
    """Lessons from which nothing grew: no link leads on from them."""
    return pages.of_stages([Stage.LESSON]).exclude(linked(LEADING_ON))


def register_checks() -> None:
    register(Check(
        "lessons-never-used", _("Lessons nobody has used yet"),
        _("No Model, issue, curriculum or resolution says that it was drawn from these lessons."),
        never_used,
    ))
