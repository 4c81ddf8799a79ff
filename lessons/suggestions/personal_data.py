"""Personal data in lessons: a member's answers about lessons.

The answers stay when the member leaves, since counts depend on them; the emptied account names
nobody.
"""

from lessons.models import LessonAnswer


def answers_of(user) -> list[dict]:
    """The answers of ``user`` about lessons, oldest first, as JSON-serialisable values."""
    answers = LessonAnswer.objects.filter(user=user).select_related("lesson", "target")
    return [
        {
            "lesson": answer.lesson.title, "page": answer.target.title, "answer": answer.answer,
            "reason": answer.reason, "at": answer.answered_at,
        }
        for answer in answers.order_by("pk")
    ]
