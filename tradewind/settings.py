"""Django's settings. Everything that differs between installations comes from `tradewind.config`."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from tradewind import config

CONFIG = config.load()
ROOT = Path(__file__).parent

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
ALLOWED_HOSTS = CONFIG.allowed_hosts
PUBLIC_URL = CONFIG.public_url
SECURE = PUBLIC_URL.startswith("https://")

# Rooms before what they stand on: their templates win.
INSTALLED_APPS = [
    "tradewind.workspaces",
    "tradewind.journal",
    "tradewind.numbers",
    "tradewind.contacts",
    "tradewind.segments",
    "tradewind.templates",
    "tradewind.messages",
    "tradewind.campaigns",
    "tradewind.intake",
    "tradewind.api",
    "tradewind.health",
    "tradewind.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tradewind.workspaces.middleware.WorkspaceMiddleware",
    "tradewind.workspaces.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "tradewind.urls"
WSGI_APPLICATION = "tradewind.wsgi.application"
ASGI_APPLICATION = "tradewind.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tradewind.ui.context.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"


DATABASE_CONNECT_SECONDS = 5


def database(url: str) -> dict[str, object]:
    """Django's form of a libpq address; a unix socket comes as host=/path.

    A server that takes no connection is given up after some seconds: whoever waits for it says so and tries again.
    """
    parts = {"connect_timeout": DATABASE_CONNECT_SECONDS, **conninfo_to_dict(url)}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "tradewind"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "application_name": parts.get("application_name", "tradewind")},
    }


DATABASES = {"default": database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["tradewind.workspaces.signin.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if CONFIG.env == "test":
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")  # hundreds of sign-ins, no secrets
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody makes us write to strangers
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_ADAPTER = "tradewind.workspaces.signin.Adapter"
ACCOUNT_FORMS = {
    "login": "tradewind.workspaces.signin_forms.LoginForm",
    "change_password": "tradewind.workspaces.signin_forms.ChangePasswordForm",
    "reset_password": "tradewind.workspaces.signin_forms.ResetPasswordForm",
    "reset_password_from_key": "tradewind.workspaces.signin_forms.ResetPasswordKeyForm",
    "reauthenticate": "tradewind.workspaces.signin_forms.ReauthenticateForm",
}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "tradewind.workspaces.second_factors.Adapter"
MFA_FORMS = {
    "authenticate": "tradewind.workspaces.signin_forms.CodeForm",
    "reauthenticate": "tradewind.workspaces.signin_forms.CodeAgainForm",
    "activate_totp": "tradewind.workspaces.signin_forms.EnrolAppForm",
    "add_webauthn": "tradewind.workspaces.signin_forms.AddPasskeyForm",
    "edit_webauthn": "tradewind.workspaces.signin_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are not verified: they are part of the invitation
MFA_TOTP_ISSUER = "Tradewind"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # browsers themselves allow it on localhost only
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds in which a proof of who one is counts for dangerous acts
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "tradewind.workspaces.sessions"
SESSION_COOKIE_NAME = "tradewind_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "tradewind_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_SSL_REDIRECT = False  # the proxy in front does it; see docs/operations.md
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("it", "Italiano"), ("ar", "العربية")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: whitenoise serves the built files from where the package has them
STATICFILES_DIRS = [("ui", ROOT / "ui" / "dist")] if (ROOT / "ui" / "dist").is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG


def mail(url: str) -> dict[str, object]:
    """Django's settings for a mail server: smtp://user:password@host:587 (STARTTLS) or smtps://… (TLS at once)."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and parts.hostname not in ("localhost", "127.0.0.1"),
        "EMAIL_TIMEOUT": 10,
    }


EMAIL_BACKEND = CONFIG.email_backend
globals().update(CONFIG.email_server)
globals().update(mail(CONFIG.email_url) if CONFIG.email_url else {})
CAN_MAIL = bool(CONFIG.email_url) or CONFIG.env == "test"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIG.email_from
LOGGING_CONFIG = None  # tradewind.lib.logs sets logging up for every process
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # SECURE_SSL_REDIRECT: the proxy in front redirects
    "security.W004",  # HSTS follows PUBLIC_URL: a console on plain http inside a network must stay reachable
    "security.W012",  # likewise the secure flags of the cookies
    "security.W016",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
