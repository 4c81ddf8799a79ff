"""Curricula, their sessions and what is handed out; their runs and who takes part."""

from courses.models.certificate import Certificate
from courses.models.checksum import Checksum
from courses.models.course_copy import CourseCopy
from courses.models.course_follower import CourseFollower
from courses.models.course_run import CourseRun, Meeting, State
from courses.models.course_session import CourseSession
from courses.models.curriculum_page import CurriculumPage, may_facilitate
from courses.models.download_count import DownloadCount, What
from courses.models.enrolment import CONSENT, Attendance, Enrolment
from courses.models.group_post import GroupFile, GroupPost
from courses.models.handout import Handout
from courses.models.handout_import import HandoutImport
from courses.models.known_handout import KnownHandout
from courses.models.pack_edition import PackEdition
from courses.models.short_address import ShortAddress

__all__ = [
    "CONSENT", "Attendance", "Certificate", "Checksum", "CourseCopy", "CourseFollower",
    "CourseRun", "CourseSession", "CurriculumPage", "DownloadCount", "Enrolment", "GroupFile",
    "GroupPost", "Handout", "HandoutImport", "KnownHandout", "Meeting", "PackEdition",
    "ShortAddress", "State", "What", "may_facilitate",
]
