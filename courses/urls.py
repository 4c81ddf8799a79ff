"""Addresses of course runs, their groups and certificates, of letters about courses and of a
member's copies; short addresses of curricula."""

from django.urls import path

from courses import short_address
from courses.runs import certificate_views, group_views, views
from courses.updates import views as living_views
from hub.email import subscription_views

RUN = "courses/runs/<int:pk>/"
GROUP = f"{RUN}group/"
CERTIFICATE = "certificates/<str:code>/"

urlpatterns = [
    path("courses/runs/", views.overview, name="course_runs"),
    path(RUN, views.run_page, name="course_run"),
    path(f"{RUN}calendar.ics", views.run_calendar, name="course_run_calendar"),
    path(f"{RUN}enrol/", views.enrol, name="run_enrol"),
    path(f"{RUN}mine/", views.mine, name="my_run"),
    path(f"{RUN}leave/", views.leave, name="run_leave"),
    path(f"{RUN}file/<int:file>/", views.group_file, name="group_file"),
    path(GROUP, group_views.group, name="group"),
    path(f"{GROUP}meeting/<int:meeting>/", group_views.meeting, name="group_meeting"),
    path(f"{GROUP}add/", group_views.add, name="group_add"),
    path(f"{GROUP}remove/<int:enrolment>/", group_views.remove, name="group_remove"),
    path(f"{GROUP}send/", group_views.send, name="group_send"),
    path(f"{GROUP}unsend/<int:post>/", group_views.unsend, name="group_unsend"),
    path(f"{GROUP}complete/", group_views.complete, name="group_complete"),
    path(f"{GROUP}list.<str:kind>", group_views.as_file, name="group_list"),
    path("certificates/", certificate_views.look_up, name="certificate_look_up"),
    path(CERTIFICATE, certificate_views.certificate, name="certificate"),
    path(f"{CERTIFICATE}pdf/", certificate_views.paper, name="certificate_paper"),
    path(f"{CERTIFICATE}erase/", certificate_views.erase, name="certificate_erase"),
    path(f"{CERTIFICATE}revoke/", certificate_views.revoke, name="certificate_revoke"),
    path("courses/letters/confirm/<str:token>/", subscription_views.confirm,
         living_views.FROM_LETTERS, name="course_follow_confirm"),
    path("courses/letters/stop/<str:token>/", subscription_views.stop,
         living_views.FROM_LETTERS, name="course_follow_stop"),
    path("courses/copies/<int:pk>/forget/", living_views.forget_copy, name="course_copy_forget"),
    path("c/<slug:code>/", short_address.follow, name="short_address"),
    path("c/<slug:code>/<int:version>/", short_address.follow, name="short_address"),
    path("c/<slug:code>/qr.svg", short_address.qr, name="short_address_qr"),
]
