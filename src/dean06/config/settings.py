"""Settings: one file, read from the environment (docs/operations.md lists the variables)."""

from __future__ import annotations

import os
from pathlib import Path

from dean06.config.env import (
    database,
    env_bool,
    env_choice,
    env_int,
    env_secret,
    env_service,
    env_token,
    secret_key,
)
from dean06.core.access.roles import APP_ROLE
from dean06.gateways.vneid import settings as vneid

PACKAGE = Path(__file__).resolve().parent.parent
REPOSITORY = PACKAGE.parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", REPOSITORY / ".data"))
PLAN_DIR = Path(os.environ.get("PLAN_DIR", REPOSITORY / "plans" / "bac-giang-2023"))

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = secret_key(DATA_DIR)
# The loopback names stay: the supervisor asks /health by them.
ALLOWED_HOSTS = [
    *filter(None, os.environ.get("ALLOWED_HOSTS", "").split(",")),
    "127.0.0.1",
    "localhost",
    "[::1]",
]

# Migrations run as the owner of the tables; everything else as a role that row-level security binds.
_OWNER_URL = env_secret("DATABASE_URL") or "postgresql:///dean06"
_APP_URL = env_secret("DATABASE_APP_URL")
if os.environ.get("DEAN06_DB_ROLE") == "owner":
    DATABASES = {"default": database(_OWNER_URL, role=None)}
else:
    DATABASES = {"default": database(_APP_URL or _OWNER_URL, role=None if _APP_URL else APP_ROLE)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_vite",
    "procrastinate.contrib.django",
    "dean06.core.clock",
    "dean06.core.units",
    "dean06.core.access",
    "dean06.core.audit",
    "dean06.core.usage",
    "dean06.core.rules",
    "dean06.core.people",
    "dean06.core.privacy",
    "dean06.core.photos",
    "dean06.core.limits",
    "dean06.plan",
    "dean06.pilots.guidance",
    "dean06.ui",
    "dean06.web",
    # After dean06.ui, whose templates replace theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "dean06.config.requests.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "dean06.ui.middleware.PageHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dean06.ui.middleware.VietnameseFirstMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "dean06.ui.limits.RequestLimitsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dean06.ui.rates.RateLimitMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dean06.core.access.session_guard.SessionGuardMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dean06.core.access.middleware.ScopeMiddleware",
]
ROOT_URLCONF = "dean06.config.urls"
WSGI_APPLICATION = "dean06.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dean06.web.context.page",
            ]
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["dean06.core.access.backend.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "dean06.core.access.passwords.LengthValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "dean06.core.access.passwords.KnownValidator"},
    {"NAME": "dean06.core.access.passwords.ContextValidator"},
]
CSRF_FAILURE_VIEW = "dean06.web.problems.stale"
LOGIN_URL = "web:login"
LOGIN_REDIRECT_URL = "web:plan"
LOGOUT_REDIRECT_URL = "web:login"
SESSION_ENGINE = "dean06.core.access.sessions"
# The cookie's age; a session's own limits are dated rules (core/access/limits.py).
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# Behind a proxy that ends TLS set HTTPS=1; with TLS_CERT and TLS_KEY the web server ends it itself
# (docs/operations.md). The plain default serves http://127.0.0.1 only.
BEHIND_PROXY = env_bool("HTTPS", False)
HTTPS = BEHIND_PROXY or bool(os.environ.get("TLS_CERT"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
if HTTPS:
    # The prefix makes browsers refuse a cookie that a neighbouring host or a plain connection planted.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    if BEHIND_PROXY:  # without one a visitor could write the header himself
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^health$", "^ready$", "^metrics$"]  # asked by programs beside the server

# How many proxies of ours stand before the server: whose word counts for a visitor's address.
PROXIES = env_int("PROXIES", 1 if BEHIND_PROXY else 0)

# django-allauth: second factors and VNeID only. Its own limits are off, ours are in PostgreSQL (gate.py).
ACCOUNT_ADAPTER = "dean06.core.access.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_ADAPTER = "dean06.core.access.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "dean06.core.access.second_factor.CodeForm",
    "reauthenticate": "dean06.core.access.second_factor.ConfirmCodeForm",
    "activate_totp": "dean06.core.access.second_factor.ActivateForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_REAUTHENTICATION_REQUIRED = False  # our own decorator asks, with our limit (core/access/reconfirm.py)
MFA_RATE_LIMITS = False
SOCIALACCOUNT_ADAPTER = "dean06.core.access.adapters.CitizenAdapter"
SOCIALACCOUNT_PROVIDERS = vneid.provider()
SOCIALACCOUNT_STORE_TOKENS = False
VNEID_SIMULATED = vneid.is_simulated()
# A shorter RSA key of VNeID is not believed; 2048 accepts about 112 bits (docs/cryptography.md).
VNEID_MIN_RSA_BITS = env_int("VNEID_MIN_RSA_BITS", 3072, least=2048)

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "dean06.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# Built assets carry a hash in their names and never change: browsers keep them.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/a/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": PACKAGE / "web" / "static" / "dist" / "manifest.json",
        "static_url_prefix": "dist",
    }
}
MEDIA_ROOT = DATA_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# The authority whose time stamps anchor the audit log (RFC 3161), and the PEM file of its root certificate.
TSA_URL = env_service("TSA_URL")
TSA_CERT = os.environ.get("TSA_CERT", "")

# The token with which citizens' portals ask who looked at whose data (docs/usage.md); none: nobody may.
USAGE_API_TOKEN = env_token("USAGE_API_TOKEN")

# Each app keeps its background work in jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
X_FRAME_OPTIONS = "DENY"
# How often a person or an address may ask (core/limits). Off only where speed is measured.
RATE_LIMITS = env_bool("RATE_LIMITS", True)
RATE_KINDS = "dean06.config.rates.kind_of_route"
SECURE_REFERRER_POLICY = "same-origin"

# Plain lines, or one JSON object a line with the correlation id; then every request leaves a line too.
LOG_FORMAT = env_choice("LOG_FORMAT", ("line", "json"))
_LOG_LEVEL = os.environ.get("LOG_LEVEL", "WARNING")
# Who reads /metrics from another machine, or through a proxy, sends this as a bearer token.
METRICS_TOKEN = env_token("METRICS_TOKEN")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "dean06.config.logs.ValueFreeFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "dean06.config.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    # Django, granian and procrastinate write through the root handler only, so that its formatter sees all.
    "loggers": {
        name: {"handlers": [], "propagate": True}
        for name in ("django", "django.server", "_granian", "granian.access", "procrastinate")
    }
    | {"dean06.access": {"level": "INFO" if LOG_FORMAT == "json" else _LOG_LEVEL}},
    "root": {"handlers": ["console"], "level": _LOG_LEVEL},
}
