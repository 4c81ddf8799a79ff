"""Addresses of django-allauth, of account pages, and of Wagtail's page to sign in."""

from django.urls import include, path

from members import views
from members.sign_in.views import ReadersDoor

accounts = [
    path("", include("allauth.account.urls")),
    path("2fa/needed/", views.second_step, name="member_second_step"),
    path("2fa/", include("allauth.mfa.urls")),
    path("me/devices/", views.sessions, name="member_sessions"),
    path("me/", views.account_page, name="member_page"),
    path("me/particulars/", views.profile, name="member_profile"),
    path("me/agree/", views.consent, name="member_consent"),
    path("me/data/", views.personal_data, name="member_data"),
    path("me/leave/", views.delete_account, name="member_delete_account"),
    path("left/", views.account_deleted, name="member_account_deleted"),
    path("privacy/", views.privacy_notice, name="privacy_notice"),
]
urlpatterns = [
    path("accounts/", include(accounts)),
    path("_util/login/", ReadersDoor.as_view(), name="wagtailcore_login"),
]
