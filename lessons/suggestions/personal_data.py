"""What lessons hold of a member: what she answered about lessons, handed over when she asks.

The answers stay when she leaves, since counts rest on them; the emptied account names nobody.
"""

from lessons.models import LessonAnswer


def answers_of(user) -> list[dict]:
    """What ``user`` answered about lessons, oldest first, as JSON can say it."""
    answers = LessonAnswer.objects.filter(by=user).select_related("lesson", "target").order_by("pk")
    return [
        {
            "lesson": answer.lesson.title, "page": answer.target.title, "answer": answer.answer,
            "reason": answer.reason, "at": answer.at,
        }
        for answer in answers
    ]
