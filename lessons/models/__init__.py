"""Practices, lessons learned and study-tour reports: where the chain begins."""

from lessons.models.lesson_answer import LessonAnswer
from lessons.models.lesson_page import LessonPage
from lessons.models.masked_lesson import MaskedLesson
from lessons.models.practice_page import PracticePage
from lessons.models.private_collection import PrivateCollection
from lessons.models.study_tour_page import StudyTourPage

__all__ = [
    "LessonAnswer", "LessonPage", "MaskedLesson", "PracticePage", "PrivateCollection",
    "StudyTourPage",
]
