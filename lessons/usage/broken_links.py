"""The check of the chain for lessons that nobody used."""

from django.utils.translation import gettext_lazy as _

from hub.chain.broken_links import Check, linked
from hub.chain.relations import LEADING_ON, Stage
from hub.models import KnowledgePage
from lessons.models import LessonAnswer


def never_used(pages):
    """Lessons without a link that leads on from them, and without a public page that used them."""
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
