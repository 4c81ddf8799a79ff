"""Curricula, their sessions and what is handed out."""

from courses.models.checksum import Checksum
from courses.models.course_session import CourseSession
from courses.models.curriculum_page import CurriculumPage, may_facilitate
from courses.models.handout import Handout
from courses.models.handout_import import HandoutImport
from courses.models.known_handout import KnownHandout

__all__ = [
    "Checksum", "CourseSession", "CurriculumPage", "Handout", "HandoutImport", "KnownHandout",
    "may_facilitate",
]
