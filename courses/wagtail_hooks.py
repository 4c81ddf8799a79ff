"""Wagtail hooks of courses: access to handouts, checks before publishing, and imports."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses import publishing
from courses.downloads import counters
from courses.handouts.access import is_handout, refused_handouts
from courses.importing import views
from courses.models import CourseFollower
from courses.packs import prebuild
from courses.people import account_sections, personal_data
from courses.permissions import may_facilitate
from courses.runs import (
    admin,  # noqa: F401 - registers the snippet
    permissions,
    schedule,
)
from courses.updates import emails, followers
from hub.jobs.scheduler import A_MINUTE, AN_HOUR, TEN_MINUTES, every
from hub.people.personal_data import PersonalData


@hooks.register("before_serve_document")
def count_handout(document, request):
    if is_handout(document):
        counters.record(request, document_id=document.pk)


hooks.register("before_bulk_action", publishing.before_bulk_action)
hooks.register("reader_kind", may_facilitate)


@hooks.register("register_admin_urls")
def import_urls():
    return [
        path("courses/bring-in/", views.import_handouts, name="courses_import_handouts"),
        path("courses/bring-in/<int:pk>/", views.import_report,
             name="courses_import_report"),
    ]


class ImportMenuItem(MenuItem):
    def is_shown(self, request):
        return views.may_import(request.user)


@hooks.register("register_admin_menu_item")
def import_menu_item():
    return ImportMenuItem(_("Bring in handouts"), reverse("courses_import_handouts"),
                          name="bring-in", icon_name="upload", order=320)


@hooks.register("confirmation_email")
def follower_confirmation_email(subscription):
    is_follower = isinstance(subscription, CourseFollower)
    return emails.confirmation_email(subscription) if is_follower else None


hooks.register("refused_documents", refused_handouts)
hooks.register("count_response", counters.count)
hooks.register("load_reference_data", permissions.add_permissions)
hooks.register("account_section", account_sections.my_courses, order=20)
hooks.register("account_section", account_sections.my_groups, order=30)
hooks.register("account_section", account_sections.my_copies, order=40)
hooks.register("account_section", account_sections.my_subscriptions, order=50)
hooks.register("register_personal_data", lambda: PersonalData(
    "course_runs", personal_data.export, personal_data.erase))
hooks.register("register_job", every(TEN_MINUTES, schedule.send_reminders, by_day=True))
hooks.register("register_job", every(TEN_MINUTES, schedule.erase_old_details))
hooks.register("register_job", every(AN_HOUR, followers.send_due))
hooks.register("register_job", every(A_MINUTE, prebuild.ensure_current, in_thread=True))
