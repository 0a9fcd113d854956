"""Settings of the web desk, for one firm's laptop and for a team's server alike.

Everything is read from the environment and has a default that works offline on one machine:

``FONDACO_HOME``       the workspace folder (ledger, database, uploads, secret key)
``DATABASE_URL``       ``sqlite:////path`` or ``postgres://...``; SQLite inside the workspace if unset
``SECRET_KEY``         made once inside the workspace if unset
``DEBUG``              ``True`` or ``False`` (default)
``ALLOWED_HOSTS``      comma separated; this machine only if unset
``HTTPS``              ``True`` where the site is reached through TLS: secure cookies and HSTS
``TRUSTED_ORIGINS``    comma separated origins for CSRF, such as ``https://desk.example.org``
``TRUSTED_PROXIES``    how many proxies stand in front (default 0), for the rate limits
``SIGN_UP``            ``first`` (default: the very first account, then invitations) or ``invited``
``UPLOAD_LIMIT_MB``    largest file taken (default 512)
``EMAIL``              ``file`` (default: into the workspace), ``console`` or ``smtp``
``LOG_FORMAT``         ``json`` (default) or ``text``
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from fondaco.kernel.errors import InputError
from fondaco.web import environment
from fondaco.web.environment import envbool, envint, envlist

BASE = Path(__file__).resolve().parent
FONDACO_HOME = Path(os.environ.get("FONDACO_HOME") or Path.home() / ".fondaco").expanduser().absolute()

DEBUG = envbool("DEBUG", False)
HTTPS = envbool("HTTPS", False)
SECRET_KEY = os.environ.get("SECRET_KEY") or environment.secret_key(FONDACO_HOME)
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = envlist("TRUSTED_ORIGINS", "")
PORT = envint("PORT", 8000)

INSTALLED_APPS = [
    "fondaco.web.desk",
    "fondaco.web.accounts",
    "fondaco.web.data",
    "fondaco.web.markets",
    "fondaco.web.strategy",
    "fondaco.web.relationships",
    "fondaco.web.inquiries",
    "fondaco.web.inquiries.quotations",
    "fondaco.web.today",
    "fondaco.web.readiness",
    "fondaco.web.network.benchmarks",
    "fondaco.web.network.knowledge",
    "fondaco.web.evidence.literature",
    "fondaco.web.evidence.reviews",
    "fondaco.web.evidence.coding",
    "fondaco.web.evidence.studies",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "fondaco.web.desk.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "fondaco.web.desk.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fondaco.web.desk.middleware.errors_in_words",
]

ROOT_URLCONF = "fondaco.web.urls"
WSGI_APPLICATION = "fondaco.web.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fondaco.web.desk.context.frame",
            ],
        },
    }
]

# --- database and background work ---------------------------------------------------------------

DATABASES = {
    "default": (
        environment.database(os.environ["DATABASE_URL"])
        if os.environ.get("DATABASE_URL")
        else environment.sqlite(FONDACO_HOME / "desk.sqlite3")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
#: Seconds between the signs of life of a running job; a job silent for ten times as long is dead.
JOB_HEARTBEAT = 3.0
#: A job whose worker died is tried this often in all.
JOB_ATTEMPTS = 3

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- people -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

SIGN_UP = os.environ.get("SIGN_UP", "first")
if SIGN_UP not in ("first", "invited"):
    raise InputError(f"SIGN_UP is {SIGN_UP!r}: set it to first or invited, or leave it out.")

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "fondaco.web.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An address is proved by the invitation sent to it; the very first account needs no proof.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Fondaco: "
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/h/ip",
    "reset_password": "20/h/ip,5/h/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0") or 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Fondaco"

EMAIL = os.environ.get("EMAIL", "file")
if EMAIL not in ("file", "console", "smtp"):
    raise InputError(f"EMAIL is {EMAIL!r}: set it to file, console or smtp, or leave it out.")
if EMAIL == "file":
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(FONDACO_HOME / "mail")
elif EMAIL == "console":
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
    EMAIL_PORT = envint("EMAIL_PORT", 587)
    EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
    EMAIL_USE_TLS = envbool("EMAIL_USE_TLS", True)
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "fondaco@localhost")

# --- security -----------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "fondaco.web.desk.views.csrf_failure"

# --- uploads ------------------------------------------------------------------------------------

UPLOAD_LIMIT = envint("UPLOAD_LIMIT_MB", 512) * 1024 * 1024
UPLOAD_FILES_AT_ONCE = 20
DATA_UPLOAD_MAX_NUMBER_FILES = UPLOAD_FILES_AT_ONCE
FILE_UPLOAD_HANDLERS = ["fondaco.web.data.uploads.BoundedFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(FONDACO_HOME / "uploads")
# Beside the files' final place, so that moving them there is a rename.
(FONDACO_HOME / "uploads").mkdir(parents=True, exist_ok=True, mode=0o700)
FILE_UPLOAD_PERMISSIONS = 0o600

# --- language, time, files ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TZ") or "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE / "static"]
STATIC_ROOT = None
# Served straight from the package by WhiteNoise: nothing to collect, so no second step to forget.
# Addresses carry the file's fingerprint as a query, made by the `asset` tag of fondaco.web.desk.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

FORM_RENDERER = "fondaco.web.desk.forms.Renderer"

# --- logs ---------------------------------------------------------------------------------------

LOG_FORMAT = os.environ.get("LOG_FORMAT", "json")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "fondaco.web.desk.logs.RequestFilter"}},
    "formatters": {
        "json": {"()": "fondaco.web.desk.logs.JsonFormatter"},
        "text": {"()": "fondaco.web.desk.logs.TextFormatter", "format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "text" if LOG_FORMAT == "text" else "json",
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        # django.request logs a line for every 404; the access log below has it already.
        "django.request": {"level": "ERROR"},
        "waitress.queue": {"level": "ERROR"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
