"""Django settings. Every value that a person may change comes through `env` and is in `.env.example`."""

from __future__ import annotations

import sys
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from facesite.env import Env, stored_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env(BASE_DIR / ".env")

DEBUG = env.flag("DEBUG", default=False)
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "data")
SECRET_KEY = env.text("SECRET_KEY") or stored_secret(DATA_DIR / "secret_key")

# Where the site listens, and how people reach it.
HOST = env.text("HOST", "127.0.0.1")
PORT = env.whole("PORT", 8000, least=0, most=65535)
LOOPBACK = HOST in {"127.0.0.1", "::1", "localhost"}
# A Secure cookie never comes back over plain HTTP, so only a site that no other machine can reach
# goes without by default.
HTTPS = env.flag("HTTPS", default=not LOOPBACK)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS", [])
REGISTRATION_OPEN = env.flag("REGISTRATION_OPEN", default=False)
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")

# What is accepted, and how it is analysed.
MAX_UPLOAD_BYTES = env.whole("MAX_UPLOAD_MB", 50) * 2**20
MAX_PIXELS = env.whole("MAX_MEGAPIXELS", 100) * 1_000_000
MAX_JPEG_PIXELS = env.whole("MAX_JPEG_MEGAPIXELS", 250) * 1_000_000
MAX_RAW_BYTES = env.whole("MAX_RAW_MB", 150) * 2**20
ANALYSIS_CHILDREN = env.whole("ANALYSIS_CHILDREN", 2)
ANALYSIS_TIMEOUT = env.whole("ANALYSIS_TIMEOUT", 120)
ANALYSIS_MEMORY_MB = env.whole("ANALYSIS_MEMORY_MB", 2000, least=500)
# 0.6 is face_recognition's.
MATCH_TOLERANCE = env.fraction("MATCH_TOLERANCE", 0.6, least=0.1, most=1.0)

# Below these the site itself may be told to take photos; the command line may anywhere.
IMPORT_FOLDERS = env.items("IMPORT_FOLDERS", [])

REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss", "unix"))
MEDIA_ROOT = DATA_DIR / "media"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_URL = "static/"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "channels",
    "django_htmx",
    "rest_framework",
    "gallery",
]

# The policy stands above what answers for static files, so those have it too; axes wants to be last.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gallery.middleware.ContentSecurityPolicy",
    "gallery.middleware.Compressed",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gallery.middleware.BackToForms",
    "gallery.middleware.Said",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "facesite.urls"
ASGI_APPLICATION = "facesite.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gallery.views.progress.context",
            ],
        },
    }
]


def database(url: str) -> dict[str, object]:
    """Return Django's database setting for `url`, SQLite in the data folder when it is empty."""
    try:
        setting: dict[str, object] = dict(
            dj_database_url.parse(url or f"sqlite:///{DATA_DIR / 'facesite.sqlite3'}")
        )
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read: write postgres://user:password@host:5432/name."
        ) from error
    if "sqlite" in str(setting["ENGINE"]):
        # IMMEDIATE takes the write lock when a transaction opens, where the timeout applies;
        # a transaction that upgrades later fails at once instead.
        setting["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Readers do not wait for the writer; what is deleted is written over.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;",
        }
    return setting


DATABASES = {"default": database(env.text("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                "hosts": [
                    {
                        "address": REDIS_URL,
                        "socket_connect_timeout": 2,
                        # A listener waits 5 s for a message; the client's own limit is 5 s too,
                        # and would end every idle listener.
                        "socket_timeout": 15,
                        # A restarted Redis leaves dead connections in the pool.
                        "retry": Retry(NoBackoff(), 1),
                    }
                ]
            },
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# axes first, to refuse whoever is locked out before a password is compared.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "gallery.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign_in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
# Both together: by name alone a stranger could lock anyone out, by address alone one person a whole house.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_RESET_ON_SUCCESS = True
# Else a program that goes on trying would keep its victim out for good.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "gallery.views.http.client_ip"
AXES_VERBOSE = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["facesite.formats"]

# Files are served from where they lie: no start needs a collectstatic.
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = DEBUG

# A photo above 1 MB goes to a temporary file while it arrives, not to memory.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Without JavaScript the form brings all chosen photos at once, and Django's own limit is 100.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
# A form over many photos has a field for each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": None,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"gallery": {"level": "INFO"}},
}
