"""How django-allauth behaves on this site."""

from datetime import timedelta
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language

from hub.email.sending import absolute, language_of, send_email
from hub.web.client_address import network_of
from hub.web.navigation import frame_of

LETTERS_AND_DIGITS = "abcdefghjkmnpqrstuvwxyz23456789"


class MemberAdapter(DefaultAccountAdapter):
    def populate_username(self, request, user):
        """A random name without personal data: members sign in by their address."""
        user.username = f"member-{get_random_string(10, LETTERS_AND_DIGITS)}"

    def send_mail(self, template_prefix, email, context):
        """Like every e-mail of the hub: in the reader's language, plain text."""
        users = filter_users_by_email(email, is_active=True, prefer_verified=True)
        language = language_of(users[0]) if len(users) == 1 else get_language()
        context = {"email": email, "home_path": translate_url("/", language)} | {
            key: _localized_url(value, language) if key.endswith("_url") else value
            for key, value in context.items()
        }
        send_email(
            email, language, f"{template_prefix}_message.txt",
            lambda: render_to_string(f"{template_prefix}_subject.txt", context), context,
            valid_until=_end_of_link(context),
        )

    def get_login_stages(self):
        stages = super().get_login_stages()
        ours = f"{__name__}.{MemberEmailVerificationStage.__name__}"
        return [ours if name.endswith(".EmailVerificationStage") else name for name in stages]

    def get_logout_redirect_url(self, request):
        return frame_of(request, get_language()).homes.get(get_language()) or "/"

    def get_password_change_redirect_url(self, request):
        return self.get_login_redirect_url(request)

    def get_client_ip(self, request):
        return network_of(request)


class MemberEmailVerificationStage(EmailVerificationStage):
    """Requires a confirmed address, except for accounts created by an administrator.

    Those have no ``EmailAddress`` at first, and the address of their user counts as confirmed.
    Somebody else may have confirmed the same one, as in a family: nobody can confirm it again, so
    they sign in without. The row that django-allauth stores of it then, at the sign-in or for a
    new password, is neither primary nor confirmed; that of who signed up is primary.
    """

    def handle(self):
        user = self.login.user
        known = Q(primary=True) | Q(verified=True)
        if user is None or EmailAddress.objects.filter(known, user=user).exists():
            return super().handle()
        email = user.email.lower()
        if email and not EmailAddress.objects.filter(email=email, verified=True).exists():
            EmailAddress.objects.update_or_create(
                user=user, email=email, defaults={"primary": True, "verified": True})
        return None, True


def _end_of_link(context):
    """When the link that an e-mail is about stops working; None if there is none."""
    if "password_reset_url" in context:
        return timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    if "activate_url" in context:
        return timezone.now() + timedelta(days=app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)
    return None


def _localized_url(url, language) -> str:
    """``url`` with the domain of this hub and the path of ``language``."""
    parts = urlsplit(url)
    path = translate_url(parts.path + (f"?{parts.query}" if parts.query else ""), language)
    return absolute(path)
