from django.urls import path

from models_lib import report_views

urlpatterns = [
    path("mine/", report_views.mine, name="replications_mine"),
    path("photo/<int:pk>/", report_views.photo, name="replications_photo"),
]
