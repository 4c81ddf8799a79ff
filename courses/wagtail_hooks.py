"""The editor's side of courses: facilitators' files, and the way to bring in existing handouts."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses import account_section, files
from courses.downloads import counters
from courses.editing import publishing
from courses.files import is_a_handout, refuse_unless_handed_out
from courses.importing import views
from courses.packs import prebuild
from courses.runs import (
    admin,  # noqa: F401 - registers what editors plan
    permissions,
    schedule,
)
from courses.updates import followers
from hub.jobs.scheduler import A_MINUTE, AN_HOUR, TEN_MINUTES, every
from hub.people.personal_data import PersonalData


@hooks.register("before_serve_document")
def handouts_for_those_who_may_have_them(document, request):
    if is_a_handout(document):
        refuse_unless_handed_out(document, request)
        counters.record(request, document_id=document.pk)


hooks.register("before_bulk_action", publishing.before_bulk_action)


@hooks.register("register_admin_urls")
def import_addresses():
    return [
        path("courses/bring-in/", views.bring_in, name="courses_bring_in"),
        path("courses/bring-in/<int:pk>/", views.import_report,
             name="courses_import_report"),
    ]


class BringInMenuItem(MenuItem):
    def is_shown(self, request):
        return views.may_bring_in(request.user)


@hooks.register("register_admin_menu_item")
def bring_in_menu_item():
    return BringInMenuItem(_("Bring in handouts"), reverse("courses_bring_in"),
                           name="bring-in", icon_name="upload", order=320)


hooks.register("restricted_documents", files.closed_documents)
hooks.register("count_response", counters.count)
hooks.register("load_reference_data", permissions.add_rights)
hooks.register("account_section", account_section.my_courses, order=20)
hooks.register("account_section", account_section.my_groups, order=30)
hooks.register("account_section", account_section.my_copies, order=40)
hooks.register("account_section", account_section.my_letters, order=50)
hooks.register("register_personal_data", lambda: PersonalData(
    "course_runs", account_section.export_of, account_section.erase_of))
hooks.register("register_job", every(TEN_MINUTES, schedule.remind, by_day=True))
hooks.register("register_job", every(TEN_MINUTES, schedule.forget))
hooks.register("register_job", every(AN_HOUR, followers.write_due))
hooks.register("register_job", every(A_MINUTE, prebuild.ensure_current, in_thread=True))
