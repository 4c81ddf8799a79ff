"""Forms that ask for a password or a code of somebody known, through the same gate as signing in.

The library that parses passkeys raises various errors for input that no browser sends; they become
a form error instead of a server error. Passkeys cannot be guessed and are not counted.
"""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)

from members.sign_in.throttle import guarded

PARSING_ERRORS = (AttributeError, KeyError, TypeError, ValueError)


class _CountsWrongCodes:
    def clean_code(self):
        return guarded(context.request, "code", "", self.user, super().clean_code)


class CodeForm(_CountsWrongCodes, AuthenticateForm):
    pass


class CodeAgainForm(_CountsWrongCodes, ReauthenticateForm):
    pass


class NewPasswordForm(ChangePasswordForm):
    """Asks for the present password by signing in with it, so that wrong ones are counted."""

    def clean_oldpassword(self):
        adapter, password = get_account_adapter(), self.cleaned_data["oldpassword"]
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return password


class _InvalidCredentialAsFormError:
    def full_clean(self):
        try:
            super().full_clean()
        except PARSING_ERRORS:
            self.add_error(None, get_adapter().validation_error("incorrect_code"))


class AddPasskeyForm(_InvalidCredentialAsFormError, AddWebAuthnForm):
    pass


class AuthenticatePasskeyForm(_InvalidCredentialAsFormError, AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_InvalidCredentialAsFormError, LoginWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(_InvalidCredentialAsFormError, ReauthenticateWebAuthnForm):
    pass
