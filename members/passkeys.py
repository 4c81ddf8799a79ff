"""Forms of passkeys that treat malformed credentials as invalid ones.

The library that parses credentials raises various errors for input that no browser sends; they
become a form error instead of a server error.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)

PARSING_ERRORS = (AttributeError, KeyError, TypeError, ValueError)


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
