"""Wagtail hooks of courses: access to handouts, checks before publishing, and imports."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from courses import publishing
from courses.downloads import counters
from courses.handouts.access import check_handout_access, is_handout
from courses.importing import views
from courses.runs import admin  # noqa: F401 - registers the snippet


@hooks.register("before_serve_document")
def serve_handout(document, request):
    if is_handout(document):
        check_handout_access(document, request)
        counters.record(request, document_id=document.pk)


hooks.register("before_bulk_action", publishing.before_bulk_action)


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
