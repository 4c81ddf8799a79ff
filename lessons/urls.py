"""Public addresses about lessons as a whole."""

from django.urls import path

from lessons.aggregates import views as aggregate_views
from lessons.usage import views as usage_views

urlpatterns = [
    path("lessons-used/", usage_views.report, name="lesson_usage"),
    path("lessons-used/csv/", usage_views.report_csv, name="lesson_usage_csv"),
    path("lessons-used/json/", usage_views.report_json, name="lesson_usage_json"),
    path("lessons-together/", aggregate_views.group_list, name="lesson_groups"),
    path("lessons-together/<slug:topic>/<slug:lesson_type>/", aggregate_views.group_detail,
         name="lesson_group"),
]
