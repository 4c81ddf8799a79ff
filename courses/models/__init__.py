"""Curricula, their sessions and what is handed out; their runs and who takes part."""

from courses.models.certificate import Certificate
from courses.models.course_run import CourseRun, Meeting, State
from courses.models.course_session import CourseSession
from courses.models.curriculum_page import CurriculumPage, may_facilitate
from courses.models.enrolment import CONSENT, Attendance, Enrolment
from courses.models.group_post import GroupFile, GroupPost
from courses.models.handout import Handout

__all__ = [
    "CONSENT", "Attendance", "Certificate", "CourseRun", "CourseSession", "CurriculumPage",
    "Enrolment", "GroupFile", "GroupPost", "Handout", "Meeting", "State", "may_facilitate",
]
