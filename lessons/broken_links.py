"""Where the chain is broken at lessons."""

from django.utils.translation import gettext_lazy as _

from hub.chain.broken_links import Check, linked
from hub.chain.relations import LEADING_ON, Stage
from hub.models import KnowledgePage
from lessons.models import LessonAnswer


def never_used(pages):
    """Lessons from which nothing grew: no link leads on from them, and nobody says of a page that
    everybody reads that they were used there."""
    used = LessonAnswer.objects.filter(
        answer=LessonAnswer.Answer.USED, target__in=KnowledgePage.objects.open_to_all()
    )
    return pages.of_stages([Stage.LESSON]).exclude(linked(LEADING_ON)).exclude(
        translation_key__in=used.values("lesson__translation_key")
    )


CHECKS = [
    Check(
        "lessons-never-used", _("Lessons nobody has used yet"),
        _("No Model, issue, curriculum or resolution says that it was drawn from these lessons."),
        never_used,
    ),
]
