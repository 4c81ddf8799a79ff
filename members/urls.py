"""Signing up and in by django-allauth, the member's own pages, and Wagtail's page to sign in."""

from django.urls import include, path

from members import views

accounts = [
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("me/", views.page, name="member_page"),
    path("me/particulars/", views.particulars, name="member_particulars"),
    path("me/agree/", views.agree, name="member_agree"),
    path("me/data/", views.data, name="member_data"),
    path("me/leave/", views.leave, name="member_leave"),
    path("left/", views.left, name="member_left"),
    path("privacy/", views.privacy, name="privacy_notice"),
]
urlpatterns = [
    path("accounts/", include(accounts)),
    path("_util/login/", views.wagtail_sign_in, name="wagtailcore_login"),
]
