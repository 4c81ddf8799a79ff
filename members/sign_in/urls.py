"""The editors' door, in place of Wagtail's own at the same address."""

from django.urls import path

from members.sign_in.views import EditorsDoor

urlpatterns = [path("", EditorsDoor.as_view())]
