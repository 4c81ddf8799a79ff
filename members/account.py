"""The data of an account: exported, and erased when its owner leaves.

The row of the user stays, deactivated and without personal data, so that foreign keys to it remain
valid; it is shown as a former member.
"""

from functools import partial

from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import APIToken, ModelLogEntry, Page, PageSubscription, UploadedFile
from wagtail.users.models import UserProfile

from hub.changelog.recording import record
from hub.email.sending import language_of, send_email_to_user
from hub.people import personal_data
from members.models import Member


def complete_account(sender, user, **kwargs) -> None:
    """Store at the sign-in, which writes anyway, what Wagtail and django-allauth would store when
    the first page is read."""
    UserProfile.get_for_user(user)
    sync_user_email_address(user)


def export(user) -> dict:
    """The data of the account itself, as JSON-serialisable values."""
    member = Member.objects.of(user)
    return {
        "username": user.get_username(),
        "name": user.get_full_name(),
        "email": user.email,
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified")
        ),
        "language": language_of(user),
        "organisation": member.affiliation,
        "area": str(member.area or ""),
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "consent": {"version": member.consent_version, "at": member.consented_at},
        "sign_in_with": [
            {"kind": item.get_type_display(), "since": item.created_at, "used": item.last_used_at}
            for item in Authenticator.objects.filter(user=user).order_by("pk")
        ],
    }


def pages_of(user) -> list[dict]:
    """The pages owned by ``user``, including drafts."""
    return [
        {"title": page.title, "address": page.url or "", "published": page.live,
         "begun": page.latest_revision_created_at or page.first_published_at}
        for page in Page.objects.filter(owner=user).order_by("pk")
    ]


@transaction.atomic
def erase(user) -> None:
    """Erase the personal data of ``user`` in every app, then deactivate the emptied account."""
    personal_data.erase(user)  # e-mails that wait for the mail server included, but not this one
    send_email_to_user(user, "members/emails/account_deleted.txt", _("Your account is deleted"))
    _erase_files(user)
    for model in (EmailAddress, Authenticator, Member, UserProfile, APIToken, EditingSession,
                  FormState, PageSubscription):
        model.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.username = f"former-{user.pk}"
    user.first_name = user.last_name = user.email = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(user), object_id=str(user.pk)
    ).update(label=user.username, data={})
    record("site")  # pages show the name


def _erase_files(user) -> None:
    """Delete the picture of ``user`` and half-finished uploads, once nothing points at them."""
    uploads = UploadedFile.objects.filter(uploaded_by_user=user)
    profiles = UserProfile.objects.filter(user=user).exclude(avatar="")
    files = [row.file for row in uploads] + [row.avatar for row in profiles]
    uploads.delete()
    for file in filter(None, files):
        transaction.on_commit(partial(file.storage.delete, file.name))
