"""What closed lessons have in common, where nobody may read them one by one.

A group is a topic and a type of lesson. It is shown when it has at least five lessons of at least
three organisations, and then only as a rounded number and by phrases that lessons of at least three
organisations share. Lessons are added in steps of five, so that a single new one reveals nothing;
docs/decisions/0013-closed-lessons.md lists the remaining risks.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from hub.models import KnowledgePage, Topic
from hub.pages.page_search import words_of
from lessons.aggregates.phrases import common_phrases, phrases
from lessons.masking import masked_copy
from lessons.masking.masker import Rules, pieces
from lessons.models import LessonPage, MaskedLesson

MIN_LESSONS = 5
MIN_ORGANISATIONS = 3
ROUNDING_STEPS = (5, 10, 20, 50, 100, 200, 500, 1000)
FIELDS = ("expected", "happened", "next_time")


@dataclass(frozen=True)
class LessonGroup:
    """Lessons of one topic and type that are shown together."""

    topic: Topic
    lesson_type: str
    lessons: tuple[LessonPage, ...]

    @property
    def at_least(self) -> int:
        """The number of lessons, rounded down to one of ``ROUNDING_STEPS``."""
        return max(number for number in ROUNDING_STEPS if number <= len(self.lessons))

    @property
    def type_label(self) -> str:
        return LessonPage.LessonType(self.lesson_type).label

    @cached_property
    def parts(self) -> list[tuple[str, list[str]]]:
        """(field, phrases shared by lessons of three organisations) of each of ``FIELDS``."""
        rules = self._rules()
        found = []
        for name in FIELDS:
            organisations = defaultdict(set)
            for lesson in self.lessons:
                text = _unmasked_text(getattr(lesson, name), rules[lesson.pk])
                for phrase in phrases(words_of(text)):
                    organisations[phrase].add(lesson.organisation_id)
            found.append((name, common_phrases(organisations, MIN_ORGANISATIONS)))
        return found

    def _rules(self) -> dict[int, Rules]:
        """The masking rules of each lesson by its id; making them reads its whole text."""
        known = masked_copy.known_organisations()
        languages = {lesson.locale.language_code for lesson in self.lessons}
        areas = {language: masked_copy.known_areas(language) for language in languages}
        return {
            lesson.pk: masked_copy.rules_for(
                lesson, MaskedLesson(), areas[lesson.locale.language_code], known)
            for lesson in self.lessons
        }


def _unmasked_text(text, rules) -> str:
    """What masking leaves of ``text``; a line break where it masks, so that no phrase spans it."""
    return "\n".join(piece for piece, span in pieces(text, rules) if span is None)


def lesson_groups(language=None) -> list[LessonGroup]:
    """All groups that may be shown, by topic and type.

    Translations count as one lesson, read in ``language`` where there is such a version.
    """
    language = language or settings.LANGUAGE_CODE
    closed = LessonPage.objects.filter(
        openness=LessonPage.Openness.AGGREGATE, organisation__isnull=False,
        pk__in=KnowledgePage.objects.live().not_expired().values("pk"),
    ).select_related("locale").prefetch_related("topics")
    versions = defaultdict(list)
    for lesson in closed.order_by("first_published_at", "pk"):
        versions[lesson.translation_key].append(lesson)
    found = defaultdict(list)
    for translations in versions.values():
        lesson = min(translations, key=lambda t: (t.locale.language_code != language, t.pk))
        for topic in lesson.topics.all():
            found[topic, lesson.lesson_type].append(lesson)
    groups = (
        LessonGroup(topic, kind, tuple(lessons[: len(lessons) // MIN_LESSONS * MIN_LESSONS]))
        for (topic, kind), lessons in found.items()
    )
    return sorted(
        (g for g in groups if len(g.lessons) >= MIN_LESSONS
         and len({lesson.organisation_id for lesson in g.lessons}) >= MIN_ORGANISATIONS),
        key=lambda g: (g.topic.sort_order, g.topic.pk, g.lesson_type),
    )
