"""Curricula, their sessions and what is handed out."""

from courses.models.course_session import CourseSession
from courses.models.curriculum_page import CurriculumPage, may_facilitate
from courses.models.handout import Handout

__all__ = ["CourseSession", "CurriculumPage", "Handout", "may_facilitate"]
