"""Answers about suggested lessons: read from a posted form, stored, linked in the chain.

The fields of a form are ``lesson-<id>`` (used, not_used), ``lesson-<id>-why`` and
``lesson-<id>-evidence``.
"""

import re

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from hub.chain.relations import Relation, Stage
from hub.models import ChainLink
from hub.people.personal_data import name_of
from hub.thai.text import typed
from lessons.models import LessonAnswer, LessonPage

MAX_REASON_LENGTH = 1000
FIELD = re.compile(r"lesson-(\d{1,18})\Z")
LINK_RELATIONS = (Relation.RESTS_ON, Relation.EXTRACTED_FROM, Relation.CITES)
Answer = LessonAnswer.Answer


def posted_answers(data) -> dict[int, dict]:
    """The answers in posted ``data``: lesson id → ``answer``, ``why`` and ``evidence``."""
    found = {}
    for name in data:
        if (match := FIELD.match(name)) and data[name] in Answer.values:
            found[int(match[1])] = {
                "answer": data[name],
                "why": typed(data.get(f"{name}-why", ""))[:MAX_REASON_LENGTH],
                "evidence": typed(data.get(f"{name}-evidence", ""))[:MAX_REASON_LENGTH],
            }
    return found


def readable_by(user, lessons):
    """``lessons`` without the closed ones of organisations that ``user`` does not belong to."""
    return lessons.exclude(pk__in=LessonPage.objects.hidden_from(user).values("pk"))


def relation_to_lessons(page_model) -> Relation | None:
    """The relation by which pages of this type rest on a lesson; None if they cannot."""
    return next((r for r in LINK_RELATIONS if Stage.LESSON in page_model.chain.get(r, ())), None)


def save_answer(lesson, page, user, answer, why="") -> None:
    """Store ``answer``, one of ``LessonAnswer.Answer``; the log of the lesson keeps earlier ones.

    Raises ValidationError where the lesson was not used and ``why`` is empty.
    """
    reason = why if answer == Answer.NOT_USED else ""
    row = LessonAnswer.objects.filter(lesson=lesson, target=page.pk).first()
    if row and (row.answer, row.reason) == (answer, reason):
        return
    row = row or LessonAnswer(lesson=lesson, target_id=page.pk)
    row.answer, row.reason = answer, reason
    row.user = user if user.is_authenticated else None
    row.full_clean(exclude=["user"])
    row.save()
    log(instance=lesson, action="lessons.answer", user=row.user, content_changed=False, data={
        "page": page.pk, "answer": answer, "reason": Truncator(reason).chars(200),
    })


class LessonAnswersExtension:
    """Stores the answers wherever a page is written: see ``hub.pages.form_extensions``."""

    def problems(self, page, data, user) -> list[str]:
        unexplained = [
            pk for pk, posted in posted_answers(data).items()
            if posted["answer"] == Answer.NOT_USED and not posted["why"]
        ]
        if not page.suggests_lessons or not unexplained:
            return []
        return [
            _("Say why the lesson “%(title)s” is not used.") % {"title": lesson.title}
            for lesson in readable_by(
                user, LessonPage.objects.live().filter(pk__in=unexplained)).order_by("pk")
        ]

    def apply(self, page, data, user) -> None:
        """Add a link of the chain for each lesson that is used with evidence."""
        relation = relation_to_lessons(type(page))
        if not page.suggests_lessons or relation is None:
            return
        evidence = {
            pk: posted["evidence"] for pk, posted in posted_answers(data).items()
            if posted["answer"] == Answer.USED and posted["evidence"]
        }
        linked = {link.target_id for link in page.chain_links.all()}
        open_lessons = LessonPage.objects.open_to_all().filter(pk__in=evidence)
        for lesson in open_lessons.exclude(pk__in=linked).order_by("pk"):
            page.chain_links.add(ChainLink(
                relation=relation, target=lesson.knowledgepage_ptr,
                evidence_text=evidence[lesson.pk], date=timezone.localdate(),
                author=name_of(user),
                sort_order=page.chain_links.count(),
            ))

    def store(self, page, data, user) -> None:
        posted = posted_answers(data)
        if not page.suggests_lessons or not posted:
            return
        lessons = LessonPage.objects.live().filter(pk__in=posted)
        for lesson in readable_by(user, lessons).order_by("pk"):
            save_answer(lesson, page, user, posted[lesson.pk]["answer"], posted[lesson.pk]["why"])
