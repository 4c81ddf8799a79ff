"""The forms of passkeys, which take no harm from what no browser sends.

A credential is read by a library that raises whatever it stumbles on; said here, it is a wrong
code like any other and not an error of the site.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)

STUMBLES = (AttributeError, KeyError, TypeError, ValueError)


class _Unharmed:
    def full_clean(self):
        try:
            super().full_clean()
        except STUMBLES:
            self.add_error(None, get_adapter().validation_error("incorrect_code"))


class AddPasskeyForm(_Unharmed, AddWebAuthnForm):
    pass


class SecondStepForm(_Unharmed, AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_Unharmed, LoginWebAuthnForm):
    pass


class ShowAgainForm(_Unharmed, ReauthenticateWebAuthnForm):
    pass
