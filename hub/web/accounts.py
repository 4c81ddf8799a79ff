"""How people sign up and in: the settings of django-allauth and django-axes, and where
Wagtail sends readers.

One page of the site signs everybody in; the editor's own at /admin/login/ stays. A member has one
e-mail address, confirmed before the first sign-in and before it replaces the former one. What is
said is the same whether an address is known or not.
"""

ACCOUNTS = {
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "member_page",
    "WAGTAIL_FRONTEND_LOGIN_URL": "account_login",
    "WAGTAILADMIN_USER_LOGIN_FORM": "members.forms.EditorSignInForm",
    # An address is changed where it is confirmed, on the member's own page.
    "WAGTAIL_EMAIL_MANAGEMENT_ENABLED": False,
    "ACCOUNT_ADAPTER": "members.adapter.MemberAdapter",
    "ACCOUNT_FORMS": {"signup": "members.forms.MemberSignupForm"},
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
        "login_failed": "30/m/ip,30/15m/key",
        "reset_password": "20/m/ip,5/h/key",
        "confirm_email": "1/3m/key,5/d/key",
    },
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_FORMS": {
        "add_webauthn": "members.passkeys.AddPasskeyForm",
        "authenticate_webauthn": "members.passkeys.AuthenticatePasskeyForm",
        "login_webauthn": "members.passkeys.PasskeySignInForm",
        "reauthenticate_webauthn": "members.passkeys.ReauthenticatePasskeyForm",
    },
    # However somebody signs in, by name or by address, wrong passwords count for one account.
    "AXES_USERNAME_CALLABLE": "members.adapter.attempted_username",
    "AXES_FAILURE_LIMIT": 8,
    "AXES_COOLOFF_TIME": 0.25,  # hours
    "AXES_LOCKOUT_PARAMETERS": ["username", "ip_address"],
    "AXES_LOCKOUT_TEMPLATE": "429.html",
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_VERBOSE": False,
    "AXES_DISABLE_ACCESS_LOG": True,
}
