"""How people sign up and in: the settings of django-allauth, and where Wagtail sends readers.

One page of the site signs everybody in; Wagtail's two doors stay and lead through the same steps
(``members.sign_in``). A member has one e-mail address, confirmed before the first sign-in and
before it replaces the former one. What is said is the same whether an address is known or not.
"""

ACCOUNTS = {
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "member_page",
    "WAGTAIL_FRONTEND_LOGIN_URL": "account_login",
    # An address is changed where it is confirmed, on the member's own page, and so is a password.
    "WAGTAIL_EMAIL_MANAGEMENT_ENABLED": False,
    "WAGTAIL_PASSWORD_MANAGEMENT_ENABLED": False,
    "ACCOUNT_ADAPTER": "members.adapter.MemberAdapter",
    "ACCOUNT_FORMS": {
        "signup": "members.forms.MemberSignupForm",
        "change_password": "members.sign_in.forms.NewPasswordForm",
    },
    "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
    "ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD": "website",
    "ACCOUNT_LOGIN_METHODS": {"email", "username"},
    "ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION": True,
    "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
    "ACCOUNT_PREVENT_ENUMERATION": True,
    "ACCOUNT_CHANGE_EMAIL": True,
    "ACCOUNT_EMAIL_NOTIFICATIONS": True,
    "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
    "ACCOUNT_USER_DISPLAY": "hub.people.personal_data.own_name_of",
    # A class of forty behind one address signs up at once; one address gets few e-mails.
    "ACCOUNT_RATE_LIMITS": {
        "signup": "60/m/ip",
        "reset_password": "20/m/ip,5/h/key",
        "confirm_email": "1/3m/key,5/d/key",
        # Wrong passwords and codes are counted by members.sign_in.throttle, at every door.
        "login": None, "login_failed": None, "reauthenticate": None, "change_password": None,
    },
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_RATE_LIMITS": {"webauthn_login": "60/m/ip"},
    "MFA_FORMS": {
        "authenticate": "members.sign_in.forms.CodeForm",
        "reauthenticate": "members.sign_in.forms.CodeAgainForm",
        "add_webauthn": "members.sign_in.forms.AddPasskeyForm",
        "authenticate_webauthn": "members.sign_in.forms.AuthenticatePasskeyForm",
        "login_webauthn": "members.sign_in.forms.PasskeySignInForm",
        "reauthenticate_webauthn": "members.sign_in.forms.ReauthenticatePasskeyForm",
    },
}
