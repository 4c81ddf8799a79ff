"""Public addresses about lessons as a whole."""

from django.urls import path

from lessons import views

urlpatterns = [
    path("lessons-used/", views.used, name="lessons_used"),
    path("lessons-used/csv/", views.used_csv, name="lessons_used_csv"),
    path("lessons-used/json/", views.used_json, name="lessons_used_json"),
    path("lessons-together/", views.all_together, name="lessons_together"),
    path("lessons-together/<slug:topic>/<slug:lesson_type>/", views.told_together,
         name="lessons_told_together"),
]
