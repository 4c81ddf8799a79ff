"""Settings of the hub, from environment variables; docs/settings.md has the table of them."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

import hub
from hub.environment import ReadEnv
from hub.logs import lines
from hub.storage import uploads
from hub.web.accounts import ACCOUNTS
from hub.web.fallback_cache import with_fallback
from hub.web.security_headers import EVERYWHERE

BASE_DIR = Path(__file__).resolve().parent.parent
env = ReadEnv()

DEBUG = env.bool("DEBUG", False)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
DEVELOPMENT = env.bool("DEVELOPMENT", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEVELOPMENT:
        raise ImproperlyConfigured("Set SECRET_KEY (or DEVELOPMENT=1 on your own machine).")
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    key_file = DATA_DIR / "secret_key"
    if not key_file.exists():
        key_file.write_text(secrets.token_urlsafe(50))
        key_file.chmod(0o600)
    SECRET_KEY = key_file.read_text()

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "hub",
    "lessons",
    "models_lib",
    "courses",
    "policy",
    "search",
    "members",
    "demonstration",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # Of every response, refusals too:
    "hub.logs.request_id.RequestIdMiddleware",
    "hub.metrics.requests.MetricsMiddleware",
    "hub.middleware.HeadersMiddleware",
    "hub.middleware.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "hub.statistics.counters.CountingMiddleware",
    # What holds nothing, then what takes a slot:
    "hub.middleware.HealthMiddleware",
    "hub.web.request_body.RequestBodyMiddleware",
    "hub.web.concurrency_limit.ConcurrencyLimitMiddleware",
    "hub.middleware.ReadableInputMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hub.changelog.page_cache.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "hub.middleware.AtomicWritesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hub.middleware.FormRequestMiddleware",
    "hub.middleware.RestrictionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.sign_in.middleware.SignInMiddleware",
    "members.sessions.SessionsMiddleware",
    "members.second_step.middleware.SecondStepMiddleware",
    "lessons.editing.addresses.HiddenObjectsMiddleware",
    "courses.publishing.ChecklistMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "hub.middleware.UnfitInputMiddleware",
    "hub.changelog.member_pages.MemberPagesMiddleware",
]

ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hub.context_processors.site",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'hub.sqlite3'}")}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "hub.sqlite"  # waits fairly for the write lock
    # Stock SQLite settings fail two publishes in three when ten editors save at once.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    } | DATABASES["default"].get("OPTIONS", {})  # e.g. sqlite:////file?timeout=1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": with_fallback(env.cache_url("CACHE_URL", "locmemcache://"))}
STORAGE_URL = env.str("STORAGE_URL", "")
STORAGES = {
    "default": uploads.storage(STORAGE_URL, DATA_DIR / "media"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT, PACKS_DIR = DATA_DIR / "media", DATA_DIR / "packs"
MEDIA_URL, STATIC_URL = "/media/", "/static/"
STATIC_ROOT, STATICFILES_DIRS = DATA_DIR / "static", [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

LANGUAGE_CODE = "th"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("th", _("Thai")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / name for name in ("locale", "locale/wagtail", "locale/accounts")]
TIME_ZONE = env.str("TIME_ZONE", "Asia/Bangkok")

WAGTAIL_SITE_NAME = env.str("SITE_NAME", "คลังความรู้ชุมชนสงขลา")
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", "http://localhost:8000")
WAGTAIL_I18N_ENABLED = True
WAGTAILSIMPLETRANSLATION_SYNC_PAGE_TREE = False
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAILDOCS_DOCUMENT_MODEL = "hub.HubDocument"
WAGTAILIMAGES_IMAGE_MODEL = "hub.HubImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "hub.files.image_form.HubImageForm"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 10_000_000
WAGTAILDOCS_EXTENSIONS = None  # hub.files.validation looks at the content, not only at the name
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES = ["application/pdf"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.editors.wagtail_backend"}}
# Shared passwords are stored in clear and guessed without limit: privacy is by group.
WAGTAIL_PRIVATE_PAGE_OPTIONS = WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FACILITATORS_GROUP = "Facilitators"

REMIND_DAYS_BEFORE = env.list("REMIND_DAYS_BEFORE", int, [30, 7])
REMIND_EVERY_DAYS = max(1, env.int("REMIND_EVERY_DAYS", 30))

BACKUP_DIR = uploads.checked("BACKUP_DIR", env.str("BACKUP_DIR", ""))
BACKUP_KEY = env.list("BACKUP_KEY", default=[])
BACKUP_IDENTITY = env.str("BACKUP_IDENTITY", "")
REVISION_DAYS = max(0, env.int("REVISION_DAYS", 90))
SEARCH_INDEX_DIR = Path(env.str("SEARCH_INDEX_DIR", str(DATA_DIR / "index")))
SEARCH_URL = env.str("SEARCH_URL", "")
TASKS = {"default": {"BACKEND": env.str("TASKS_BACKEND", "django_tasks_db.DatabaseBackend")}}

AUTHENTICATION_BACKENDS = ["members.sign_in.backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator",
                 "CommonPasswordValidator", "NumericPasswordValidator")]
vars().update(ACCOUNTS | {"MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": DEVELOPMENT})
MFA_TOTP_ISSUER = WAGTAIL_SITE_NAME
REQUIRE_SECOND_STEP = env.bool("REQUIRE_SECOND_STEP", not DEVELOPMENT)
SECOND_STEP_GRACE_DAYS = env.int("SECOND_STEP_GRACE_DAYS", 14)
PROXY_COUNT = max(0, env.int("PROXY_COUNT", 0))

if not DEVELOPMENT and not env.str("EMAIL_URL", "").startswith("smtp"):
    raise ImproperlyConfigured(
        "Set EMAIL_URL to the mail server, e.g. smtp+tls://user:password@mail.example.org:587 "
        "(or DEVELOPMENT=1 on your own machine): e-mails that are only printed reach nobody, and "
        "whoever reads the log could use their links.")
mail_server = env.email_url("EMAIL_URL", default="consolemail://")
# Every e-mail is written into the queue, and from there handed to this backend.
EMAIL_DELIVERY_BACKEND = mail_server.pop("EMAIL_BACKEND").replace(
    "django.core.mail.backends.smtp.", "hub.email.smtp.")
vars().update(mail_server | {"EMAIL_TIMEOUT": 20})
EMAIL_BACKEND = "hub.email.backend.QueueBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "hub@localhost")
# Who gets a mail about errors.
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]

LOGGING = lines.configuration(
    as_json=env.str("LOG_FORMAT", "text" if DEVELOPMENT else "json") == "json",
    level=env.str("LOG_LEVEL", "warning").upper(),
    mails=bool(ADMINS),
)
SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    from hub.logs import sentry

    sentry.start(
        SENTRY_DSN, environment=WAGTAILADMIN_BASE_URL.partition("//")[2],
        release=getattr(hub, "__version__", ""))
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

CONTENT_SECURITY_POLICY = {"DIRECTIVES": EVERYWHERE}
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 0)
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", SECURE_SSL_REDIRECT)
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = ["^livez$", "^readyz$", "^metrics$"]
CSRF_FAILURE_VIEW = "hub.web.error_pages.csrf_failure"
CSRF_COOKIE_AGE = None  # only the alert form sets it for readers; gone with the browser
X_FRAME_OPTIONS = "SAMEORIGIN"
