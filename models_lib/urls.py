from django.urls import path

from models_lib import fit_views

urlpatterns = [
    path("fit/", fit_views.fit, name="fit"),
]
