"""URLs of course runs, groups, certificates, e-mail subscriptions, copies and short addresses."""

from django.urls import path

from courses.certificates import views as certificates
from courses.runs import group_views, views
from courses.short_addresses import views as short_addresses
from courses.updates import follow_views
from courses.updates import views as updates
from hub.email import subscription_views

RUN = "courses/runs/<int:pk>/"
GROUP = f"{RUN}group/"
CERTIFICATE = "certificates/<str:code>/"

urlpatterns = [
    path("courses/runs/", views.overview, name="course_runs"),
    path(RUN, views.run_page, name="course_run"),
    path(f"{RUN}calendar.ics", views.run_calendar, name="course_run_calendar"),
    path(f"{RUN}enrol/", views.enrol, name="run_enrol"),
    path(f"{RUN}mine/", views.my_run, name="my_run"),
    path(f"{RUN}leave/", views.leave, name="run_leave"),
    path(f"{RUN}file/<int:file>/", views.group_file, name="group_file"),
    path(GROUP, group_views.group, name="group"),
    path(f"{GROUP}meeting/<int:meeting>/", group_views.meeting, name="group_meeting"),
    path(f"{GROUP}add/", group_views.add, name="group_add"),
    path(f"{GROUP}remove/<int:enrolment>/", group_views.remove, name="group_remove"),
    path(f"{GROUP}send/", group_views.send, name="group_send"),
    path(f"{GROUP}unsend/<int:post>/", group_views.delete_post, name="group_delete_post"),
    path(f"{GROUP}complete/", certificates.complete, name="group_complete"),
    path(f"{GROUP}list.<str:kind>", group_views.list_file, name="group_list"),
    path("certificates/", certificates.look_up, name="certificate_look_up"),
    path(CERTIFICATE, certificates.certificate, name="certificate"),
    path(f"{CERTIFICATE}pdf/", certificates.download, name="certificate_pdf"),
    path(f"{CERTIFICATE}erase/", certificates.erase_name, name="certificate_erase_name"),
    path(f"{CERTIFICATE}revoke/", certificates.revoke, name="certificate_revoke"),
    path("courses/letters/confirm/<str:token>/", subscription_views.confirm,
         follow_views.SUBSCRIPTION, name="course_follow_confirm"),
    path("courses/letters/stop/<str:token>/", subscription_views.stop,
         follow_views.SUBSCRIPTION, name="course_follow_stop"),
    path("courses/copies/<int:pk>/forget/", updates.forget_copy, name="course_copy_forget"),
    path("c/<slug:code>/", short_addresses.follow, name="short_address"),
    path("c/<slug:code>/<int:version>/", short_addresses.follow, name="short_address"),
    path("c/<slug:code>/qr.svg", short_addresses.qr, name="short_address_qr"),
]
