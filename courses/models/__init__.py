"""Curricula with sessions and handouts, packs and their editions, runs and participants."""

from courses.models.certificate import Certificate
from courses.models.checksum import Checksum
from courses.models.course_copy import CourseCopy
from courses.models.course_follower import CourseFollower
from courses.models.course_run import CourseRun, Meeting, RunState
from courses.models.course_session import CourseSession
from courses.models.curriculum_page import CurriculumPage
from courses.models.download_count import DownloadCount, DownloadKind
from courses.models.enrolment import CONSENT_VERSION, Attendance, Enrolment
from courses.models.group_post import GroupFile, GroupPost
from courses.models.handout import Handout, KnownHandout
from courses.models.handout_import import HandoutImport
from courses.models.pack_edition import PackEdition
from courses.models.short_address import ShortAddress

__all__ = [
    "CONSENT_VERSION", "Attendance", "Certificate", "Checksum", "CourseCopy", "CourseFollower",
    "CourseRun", "CourseSession", "CurriculumPage", "DownloadCount", "DownloadKind", "Enrolment",
    "GroupFile", "GroupPost", "Handout", "HandoutImport", "KnownHandout", "Meeting",
    "PackEdition", "RunState", "ShortAddress",
]
