"""Lessons at the moment of need: which fit, what was answered about them, and how often.

The fields in a form are ``lesson-<id>`` (used, not_used), ``lesson-<id>-why`` and
``lesson-<id>-evidence``; ``LessonsQuestion`` reads them wherever they were posted.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from hub.chain.relations import Relation, Stage
from hub.models import ChainLink, KnowledgePage
from hub.pages.page_search import pages_like
from lessons.models import LessonAnswer, LessonPage

AT_ONCE = 5
LONGEST_TEXT = 4000
LONGEST_REASON = 1000
FIELD = re.compile(r"lesson-(\d{1,18})\Z")
BY_LINK = (Relation.RESTS_ON, Relation.EXTRACTED_FROM, Relation.CITES)
Answer = LessonAnswer.Answer


@dataclass(frozen=True)
class Asked:
    """A lesson in a form, with what was answered about it so far, or typed just now."""

    lesson: LessonPage
    answer: str = ""
    why: str = ""
    evidence: str = ""
    is_kept: bool = False  # the answer is stored
    may_link: bool = False

    @property
    def name(self) -> str:
        return f"lesson-{self.lesson.pk}"


@dataclass
class Used:
    """What became of a lesson, as far as everybody may know."""

    places: list[KnowledgePage] = field(default_factory=list)
    not_used: int = 0

    @property
    def used(self) -> int:
        return len(self.places)


def text_of(page) -> str:
    """What a page, saved or not, tells so far."""
    texts = [page.title or "", page.summary or ""]
    if page.locale_id:
        texts += [section.text for section in page.sections()]
    return "\n".join(texts)[:LONGEST_TEXT]


def relation_to_lessons(page_model) -> Relation | None:
    """How a page of this type says that it rests on a lesson; None when it cannot."""
    return next((r for r in BY_LINK if Stage.LESSON in page_model.chain.get(r, ())), None)


def asked_about(page, text, request, data=None) -> list[Asked]:
    """The lessons to show beside a form: those answered about, then those that fit ``text``.

    ``page`` may be unsaved or a type. Only lessons that the user of ``request`` may read.
    """
    typed = given(data or {})
    model, page = (page, None) if isinstance(page, type) else (type(page), page)
    kept, language = {}, None
    if page and page.pk:
        kept = {answer.lesson_id: answer for answer in LessonAnswer.objects.filter(target=page.pk)}
    if page and page.locale_id:
        language = page.locale.language_code
    fitting = [found.page for found in pages_like(
        text, [Stage.LESSON], request, language, limit=AT_ONCE)] if text.strip() else []
    first = LessonPage.objects.filter(pk__in=[*kept, *typed]).live().order_by("pk")
    lessons = {lesson.pk: lesson for lesson in [*may_read(first, request.user), *fitting]}
    relation = relation_to_lessons(model)
    return [_asked(lesson, kept.get(pk), typed.get(pk), relation) for pk, lesson in lessons.items()]


def _asked(lesson, kept, typed, relation) -> Asked:
    may_link = relation is not None and not lesson.is_closed
    if typed:
        return Asked(lesson, **typed, is_kept=bool(kept), may_link=may_link)
    if kept:
        return Asked(lesson, kept.answer, kept.reason, is_kept=True, may_link=may_link)
    return Asked(lesson, may_link=may_link)


def may_read(lessons, user):
    """Without closed lessons of others."""
    return lessons.exclude(pk__in=LessonPage.objects.kept_from(user).values("pk"))


def given(data) -> dict[int, dict]:
    """The answers in posted ``data``: lesson id → answer, why, evidence."""
    found = {}
    for name in data:
        if (match := FIELD.match(name)) and data[name] in Answer.values:
            found[int(match[1])] = {
                "answer": data[name],
                "why": data.get(f"{name}-why", "").strip()[:LONGEST_REASON],
                "evidence": data.get(f"{name}-evidence", "").strip()[:LONGEST_REASON],
            }
    return found


class LessonsQuestion:
    """What ``hub.pages.form_extensions`` asks of each question."""

    def problems(self, page, data) -> list[str]:
        lacking = [pk for pk, said in given(data).items()
                   if said["answer"] == Answer.NOT_USED and not said["why"]]
        if not page.asks_lessons or not lacking:
            return []
        return [
            _("Say why the lesson “%(title)s” is not used.") % {"title": lesson.title}
            for lesson in LessonPage.objects.filter(pk__in=lacking).order_by("pk")
        ]

    def apply(self, page, data, user) -> None:
        """Add a link of the chain for each lesson that is used with evidence."""
        relation = relation_to_lessons(type(page))
        if not page.asks_lessons or relation is None:
            return
        said = {pk: g for pk, g in given(data).items()
                if g["answer"] == Answer.USED and g["evidence"]}
        linked = {link.target_id for link in page.chain_links.all()}
        open_lessons = LessonPage.objects.open_to_all().filter(pk__in=said)
        for lesson in open_lessons.exclude(pk__in=linked).order_by("pk"):
            page.chain_links.add(ChainLink(
                relation=relation, target=lesson.knowledgepage_ptr,
                evidence_text=said[lesson.pk]["evidence"], date=timezone.localdate(),
                author=user.get_full_name() or user.get_username(),
                sort_order=page.chain_links.count(),
            ))

    def store(self, page, data, user) -> None:
        said = given(data)
        if not page.asks_lessons or not said:
            return
        lessons = LessonPage.objects.live().filter(pk__in=said)
        for lesson in may_read(lessons, user).order_by("pk"):
            answer(lesson, page, user, said[lesson.pk]["answer"], said[lesson.pk]["why"])


def answer(lesson, page, user, said, why="") -> None:
    """Keep the answer; the history of the lesson tells each that was another before."""
    reason = why if said == Answer.NOT_USED else ""
    before = LessonAnswer.objects.filter(lesson=lesson, target=page.pk).first()
    if before and (before.answer, before.reason) == (said, reason):
        return
    kept = before or LessonAnswer(lesson=lesson, target_id=page.pk)
    kept.answer, kept.reason = said, reason
    kept.by = user if user.is_authenticated else None
    kept.full_clean(exclude=["by"])
    kept.save()
    log(instance=lesson, action="lessons.answer", user=kept.by, content_changed=False, data={
        "page": page.pk, "answer": said, "reason": Truncator(reason).chars(200),
    })


def used_by_lesson(lessons) -> dict:
    """translation key of each of ``lessons`` → ``Used``.

    Translations share their counts: of the answers about one lesson for one page, in whatever
    languages, the newest counts. Only pages that everybody may read count.
    """
    keys = {lesson.translation_key for lesson in lessons}
    newest = {}
    answers = LessonAnswer.objects.filter(
        lesson__translation_key__in=keys, target__in=KnowledgePage.objects.open_to_all()
    )
    for row in answers.order_by("at", "pk").values_list(
        "lesson__translation_key", "target__translation_key", "answer"
    ):
        newest[row[:2]] = row[2]
    used = defaultdict(Used)
    wanted = {target for (_lesson, target), said in newest.items() if said == Answer.USED}
    pages = defaultdict(list)
    for page in KnowledgePage.objects.open_to_all().filter(
        translation_key__in=wanted
    ).select_related("locale").specific(defer=True):
        pages[page.translation_key].append(page)
    locales = {lesson.translation_key: lesson.locale_id for lesson in lessons}
    for (key, target), said in newest.items():
        if said == Answer.USED:
            best = min(pages[target], key=lambda p: (p.locale_id != locales[key], p.pk))
            used[key].places.append(best)
        else:
            used[key].not_used += 1
    return used
