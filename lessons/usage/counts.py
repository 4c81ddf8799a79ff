"""How often and where lessons were used, as far as everybody may know."""

from collections import defaultdict
from dataclasses import dataclass, field

from hub.models import KnowledgePage
from lessons.models import LessonAnswer


@dataclass
class LessonUsage:
    """Public pages that used a lesson, and how many decided not to use it."""

    pages: list[KnowledgePage] = field(default_factory=list)
    not_used: int = 0

    @property
    def used(self) -> int:
        return len(self.pages)


def usage_by_lesson(lessons) -> dict:
    """Translation key of each of ``lessons`` → ``LessonUsage``.

    Translations share their counts: of the answers about one lesson for one page, in whatever
    languages, the newest counts. Only pages that everybody may read count.
    """
    keys = {lesson.translation_key for lesson in lessons}
    newest = {}
    rows = LessonAnswer.objects.filter(
        lesson__translation_key__in=keys, target__in=KnowledgePage.objects.open_to_all()
    )
    for lesson_key, target_key, answer in rows.order_by("answered_at", "pk").values_list(
        "lesson__translation_key", "target__translation_key", "answer"
    ):
        newest[lesson_key, target_key] = answer
    used = LessonAnswer.Answer.USED
    pages = _pages_by_key({target for (_, target), answer in newest.items() if answer == used})
    locales = {lesson.translation_key: lesson.locale_id for lesson in lessons}
    usage = defaultdict(LessonUsage)
    for (lesson_key, target_key), answer in newest.items():
        if answer == used:
            locale = locales[lesson_key]
            page = min(pages[target_key], key=lambda p: (p.locale_id != locale, p.pk))
            usage[lesson_key].pages.append(page)
        else:
            usage[lesson_key].not_used += 1
    return usage


def _pages_by_key(keys) -> dict:
    """Translation key → its public pages."""
    pages = defaultdict(list)
    found = KnowledgePage.objects.open_to_all().filter(translation_key__in=keys)
    for page in found.select_related("locale").specific(defer=True):
        pages[page.translation_key].append(page)
    return pages
