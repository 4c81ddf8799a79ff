"""What lessons tell together that nobody may read one by one.

A group is a topic and a type of lesson. It is told of when at least five lessons of at least three
organisations are in it, and then only as a rounded number and by words that lessons of at least
three organisations have in common. Lessons are taken in by fives, so that one more shows nothing by
itself; docs/decisions/0013-closed-lessons.md has what remains.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.conf import settings

from hub.models import KnowledgePage, Topic
from hub.pages.page_search import words_of
from lessons.masking import masked_copy
from lessons.masking.masker import pieces
from lessons.models import LessonPage, MaskedLesson

FEWEST_LESSONS = 5
FEWEST_ORGANISATIONS = 3
LONGEST_PHRASE = 5  # words
MOST_PHRASES = 12
ROUNDED = (5, 10, 20, 50, 100, 200, 500, 1000)
TOLD = ("expected", "happened", "next_time")
EMPTY_WORDS = frozenset(
    "การ ความ ที่ ซึ่ง อัน และ หรือ แต่ ของ ใน บน จาก ถึง ต่อ ให้ ได้ ว่า เป็น คือ มี อยู่ ไป มา แล้ว ก็ จะ ด้วย โดย "
    "นั้น นี้ ไว้ ๆ เรา เขา กัน ไม่ ทุก คน ต้อง จึง เมื่อ ถ้า เพราะ ก่อน หลัง ทำ ทั้ง อีก ขึ้น ลง เอง ละ หนึ่ง "
    "คิด ตั้ง เริ่ม ตก "
    "the a an of in on at to for and or is are was were we they it that this not with by from as "
    "be had have has but so all before after when if must every one".split()
)


@dataclass(frozen=True)
class Together:
    """One group: ``at_least`` so many lessons; ``phrases`` by field, the most common first."""

    topic: Topic
    lesson_type: str
    lessons: tuple[LessonPage, ...]

    @property
    def at_least(self) -> int:
        return max(number for number in ROUNDED if number <= len(self.lessons))

    @property
    def type_label(self) -> str:
        return LessonPage.LessonType(self.lesson_type).label

    @cached_property
    def parts(self) -> list[tuple[str, list[str]]]:
        """(field, what lessons of three organisations say in it) of each field told of."""
        rules = {}
        found = []
        for name in TOLD:
            said = defaultdict(set)
            for lesson in self.lessons:
                if lesson.locale_id not in rules:
                    rules[lesson.locale_id] = masked_copy.named_areas(
                        lesson.locale.language_code)
                text = _unmasked(getattr(lesson, name), lesson, rules[lesson.locale_id])
                for phrase in phrases(text):
                    said[phrase].add(lesson.organisation_id)
            found.append((name, common(said)))
        return found


def _unmasked(text, lesson, areas) -> str:
    """What the rules leave of ``text``; no phrase goes over what is masked."""
    rules = masked_copy.rules_for(lesson, MaskedLesson(), areas)
    return "\n".join(piece for piece, stretch in pieces(text, rules) if stretch is None)


def phrases(text) -> set[str]:
    """The words of ``text`` and what some of them in a row make; nothing with digits."""
    words = [word.casefold() for word in words_of(text)]
    found = set()
    for size in range(1, LONGEST_PHRASE + 1):
        for start in range(len(words)):
            run = _run(words, start, size)
            if run and run[0] not in EMPTY_WORDS and run[-1] not in EMPTY_WORDS:
                found.add("".join(w for w in run if w) if _is_thai(run) else " ".join(run))
    return found


def _run(words, start, size) -> list[str]:
    """``size`` words from ``start`` that nothing but a space parts; none when there are not."""
    run = []
    for word in islice(words, start, None):
        if len(run) == size:
            break
        if word == " " and run and not _is_thai(run):
            continue
        if not word.strip() or not all(c.isalpha() or "\u0e31" <= c <= "\u0e4e" for c in word):
            return []
        run.append(word)
    return run if len(run) == size and all(len(word) > 1 for word in run) else []


def _is_thai(run) -> bool:
    return "\u0e00" <= run[0][0] <= "\u0e7f"


def common(said) -> list[str]:
    """Phrases of at least three organisations; a part of a longer one only where it says more."""
    counts = Counter({phrase: len(organisations) for phrase, organisations in said.items()
                      if len(organisations) >= FEWEST_ORGANISATIONS})
    kept = [
        phrase for phrase in counts
        if not any(phrase != longer and phrase in longer and counts[longer] >= counts[phrase]
                   for longer in counts)
    ]
    # By the alphabet where as many say it: the order of lessons tells nothing.
    return sorted(kept, key=lambda phrase: (-counts[phrase], phrase))[:MOST_PHRASES]


def groups(language=None) -> list[Together]:
    """All groups that may be told of, by topic and type; each lesson once, whatever its
    translations, in ``language`` where there is such a version."""
    language = language or settings.LANGUAGE_CODE
    closed = LessonPage.objects.filter(
        openness=LessonPage.Openness.AGGREGATE, organisation__isnull=False,
        pk__in=KnowledgePage.objects.live().not_expired().values("pk"),
    ).select_related("locale").prefetch_related("topics")
    versions = defaultdict(list)
    for lesson in closed.order_by("first_published_at", "pk"):
        versions[lesson.translation_key].append(lesson)
    found = defaultdict(list)
    for twins in versions.values():
        lesson = min(twins, key=lambda t: (t.locale.language_code != language, t.pk))
        for topic in lesson.topics.all():
            found[topic, lesson.lesson_type].append(lesson)
    taken_in = (
        Together(topic, kind, tuple(lessons[: len(lessons) // FEWEST_LESSONS * FEWEST_LESSONS]))
        for (topic, kind), lessons in found.items()
    )
    return sorted(
        (g for g in taken_in if len(g.lessons) >= FEWEST_LESSONS
         and len({lesson.organisation_id for lesson in g.lessons}) >= FEWEST_ORGANISATIONS),
        key=lambda g: (g.topic.sort_order, g.topic.pk, g.lesson_type),
    )
