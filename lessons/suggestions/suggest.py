"""Suggest lessons that fit a page while it is being written."""

from dataclasses import dataclass

from hub.chain.relations import Stage
from hub.pages.page_search import pages_like
from lessons.models import LessonAnswer, LessonPage
from lessons.suggestions.answers import posted_answers, readable_by, relation_to_lessons

MAX_SUGGESTIONS = 5
MAX_TEXT_LENGTH = 4000  # characters of the page that are compared with lessons


@dataclass(frozen=True)
class Suggestion:
    """A lesson in a form, with the stored answer or the one just typed."""

    lesson: LessonPage
    answer: str = ""
    why: str = ""
    evidence: str = ""
    is_stored: bool = False
    may_link: bool = False  # whether evidence adds a link of the chain

    @property
    def field_name(self) -> str:
        return f"lesson-{self.lesson.pk}"


def page_text(page) -> str:
    """Title, summary and sections of a page, saved or not; at most ``MAX_TEXT_LENGTH`` long."""
    texts = [page.title or "", page.summary or ""]
    if page.locale_id:
        texts += [section.text for section in page.sections()]
    return "\n".join(texts)[:MAX_TEXT_LENGTH]


def suggestions_for(page, text, request, data=None) -> list[Suggestion]:
    """The lessons to show in a form: those already answered about, then those that fit ``text``.

    ``page`` may be unsaved or a page type; ``data`` are the posted values of the form. Lessons that
    the user of ``request`` may not read are left out.
    """
    posted = posted_answers(data or {})
    model, page = (page, None) if isinstance(page, type) else (type(page), page)
    stored, language = {}, None
    if page and page.pk:
        stored = {row.lesson_id: row for row in LessonAnswer.objects.filter(target=page.pk)}
    if page and page.locale_id:
        language = page.locale.language_code
    fitting = [found.page for found in pages_like(
        text, [Stage.LESSON], request, language, limit=MAX_SUGGESTIONS)] if text.strip() else []
    answered = LessonPage.objects.filter(pk__in=[*stored, *posted]).live().order_by("pk")
    lessons = {lesson.pk: lesson for lesson in [*readable_by(request.user, answered), *fitting]}
    relation = relation_to_lessons(model)
    return [
        _suggestion(lesson, stored.get(pk), posted.get(pk), relation)
        for pk, lesson in lessons.items()
    ]


def _suggestion(lesson, stored, posted, relation) -> Suggestion:
    may_link = relation is not None and not lesson.is_closed
    if posted:
        return Suggestion(lesson, **posted, is_stored=bool(stored), may_link=may_link)
    if stored:
        return Suggestion(
            lesson, stored.answer, stored.reason, is_stored=True, may_link=may_link
        )
    return Suggestion(lesson, may_link=may_link)
