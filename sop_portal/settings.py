"""All settings, twelve-factor: every variable read here is named in `.env.example`."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from sop_portal.operations.logs import logging_in

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
if len(SECRET_KEY) < 40 or SECRET_KEY.startswith(("change", "django-insecure")):
    raise ImproperlyConfigured("SECRET_KEY is missing, short or a default. `make run` writes a random one into .env.")
TRAIL_KEY = env("TRAIL_KEY", default=SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_FAILURE_VIEW = "sop_portal.foundation.organisation.access.csrf_failed"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "sop_portal.foundation.kit",
    "sop_portal.foundation.organisation",
    "sop_portal.foundation.trail",
    "sop_portal.foundation.notices",
    "sop_portal.foundation.workflow",
    "sop_portal.foundation.papers",
    "sop_portal.sign_in",
    "sop_portal.handbook",
    "planning",
    "budgets",
    "evaluations",
    "sop_portal.dashboards",
    "sop_portal.reminders",
    "sop_portal.demo",
    "sop_portal.set_up",
    "sop_portal.workbook",
    "sop_portal.operations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "sop_portal.operations.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sop_portal.sign_in.middleware.PrivatePageMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sop_portal.operations.middleware.ProbeMiddleware",
    "sop_portal.operations.middleware.UpgradeMiddleware",
    "sop_portal.foundation.organisation.middleware.ReadableRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sop_portal.foundation.organisation.middleware.LanguageOfPersonMiddleware",
    "sop_portal.set_up.middleware.WayInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "sop_portal.sign_in.middleware.SessionLimitMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sop_portal.foundation.workflow.middleware.RefusalMiddleware",
    "sop_portal.foundation.organisation.middleware.AccessMiddleware",
    "sop_portal.sign_in.middleware.SecondFactorMiddleware",
    "sop_portal.foundation.papers.bringing.BroughtPapersMiddleware",
]

ROOT_URLCONF = "sop_portal.urls"
WSGI_APPLICATION = "sop_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "sop_portal.foundation.kit.template_loader.UnindentedLoader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "sop_portal.dashboards.shell.shell",
                "sop_portal.demo.sign_in_help.sign_in_context",
            ],
            "builtins": [
                "sop_portal.foundation.kit.templatetags.sop",
                "sop_portal.foundation.papers.templatetags.papers",
                "django.templatetags.i18n",
                "sop_portal.foundation.kit.templatetags.chinese",
                "django.templatetags.static",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# Our own template of an option marks what people typed.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

SERVING_DATABASE = env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
# Whoever migrates connects as the owner of the tables; the processes that serve never learn that address.
OWNER_DATABASE_URL = env("OWNER_DATABASE_URL", default="")
DATABASES = {"default": env.db("OWNER_DATABASE_URL") if OWNER_DATABASE_URL else SERVING_DATABASE}
# Seconds: until the database has answered the telephone, until another's lock is let go, until a statement is done.
# `manage.py` sets the last to none (0): an operator waits.
CONNECT_TIMEOUT = env.int("DATABASE_CONNECT_TIMEOUT", default=5)
LOCK_TIMEOUT = env.int("DATABASE_LOCK_TIMEOUT", default=20)
STATEMENT_TIMEOUT = env.int("DATABASE_STATEMENT_TIMEOUT", default=30)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": LOCK_TIMEOUT,
        # A migration rebuilds tables that triggers of other tables read; SQLite would stumble over those on the way.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA legacy_alter_table=ON;",
    }
    # The tests keep their database in a file, so that threads share it as the web processes do.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
        "connect_timeout": CONNECT_TIMEOUT,
        "options": f"-c lock_timeout={LOCK_TIMEOUT}s -c statement_timeout={STATEMENT_TIMEOUT}s",
        # A cable that is cut says nothing: whoever waits for an answer asks every few seconds whether it is there.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": 9000,
    }
# Sessions and throttling live in the database: Redis carries only the bell and may vanish at any time.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "organisation_cache"}}

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email", "name"]}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sop_portal.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "sop_portal.sign_in.library_forms.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Whoever types an address that nobody has makes the portal write to no stranger.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# By address of the caller, and by account: the browsers in which somebody signed in before are counted apart, so that
# a stranger who guesses is slowed down from wherever and locks no colleague out.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,10/10m/key",
    "reset_password": "10/m/ip",
    "first_administrator": "10/m/ip",
}
# A password link lives one hour, an invitation some days.
PASSWORD_RESET_TIMEOUT = 60 * 60
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
# Nobody signs up, so nobody can lock the owner of an address out of it: a second factor is open to everybody always.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "sop_portal.sign_in.factor_adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "sop_portal.sign_in.library_forms.SecondStepForm",
    "activate_totp": "sop_portal.sign_in.library_forms.SwitchOnCodesForm",
    "add_webauthn": "sop_portal.sign_in.library_forms.AddPasskeyForm",
}
# Passkeys of a portal on one's own machine, for trying it out; browsers themselves ask for HTTPS everywhere else.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = BASE_URL.startswith(("http://localhost", "http://127.0.0.1"))
MFA_REQUIRED_ROLES = env.list("MFA_REQUIRED_ROLES", default=[])
MFA_GRACE_DAYS = env.int("MFA_GRACE_DAYS", default=14)

# Signing in with a provider of OpenID Connect: off unless a server is named. Nobody is created by it. An account is
# found by address only where the provider says that it verified it, and the domain is trusted here.
OIDC_SERVER = env("OIDC_SERVER", default="")
OIDC_TRUSTED_DOMAINS = [domain.lower() for domain in env.list("OIDC_TRUSTED_DOMAINS", default=[])]
OIDC_APP = {
    "provider_id": "organisation",
    "name": env("OIDC_NAME", default="OpenID Connect"),
    "client_id": env("OIDC_CLIENT_ID", default=""),
    "secret": env("OIDC_CLIENT_SECRET", default=""),
    "settings": {"server_url": OIDC_SERVER, "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [OIDC_APP] if OIDC_SERVER else []}}
SOCIALACCOUNT_ADAPTER = "sop_portal.sign_in.provider_adapter.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
OIDC_SIGN_IN_ORIGIN = env("OIDC_SIGN_IN_ORIGIN", default="/".join(OIDC_SERVER.split("/")[:3]))

LANGUAGE_CODE = "en"
# Each by its own name, whatever language the page is in.
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="America/New_York")
DEMO = env.bool("DEMO", default=False)

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
# Papers lie in a folder nobody else reads, or in whichever storage is named; docs/deploy.md shows S3.
PAPERS_STORAGE = env("PAPERS_STORAGE", default="django.core.files.storage.FileSystemStorage")
PAPERS_STORAGE_OPTIONS = env.json("PAPERS_STORAGE_OPTIONS", default={})
if PAPERS_STORAGE.endswith("FileSystemStorage"):
    PAPERS_FOLDER = env("PAPERS_FOLDER", default=str(MEDIA_ROOT / "papers"))
    PAPERS_STORAGE_OPTIONS = {
        "location": PAPERS_FOLDER,
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
        **PAPERS_STORAGE_OPTIONS,
    }
# One file, the files of one form, those of one record and of one person's open forms, and all of them together.
PAPERS_LARGEST = env.int("PAPERS_LARGEST_MB", default=25) * 1_000_000
PAPERS_AT_ONCE = env.int("PAPERS_AT_ONCE", default=20)
PAPERS_PER_RECORD = env.int("PAPERS_PER_RECORD", default=50)
PAPERS_WAITING = env.int("PAPERS_WAITING", default=60)
PAPERS_SPACE = env.int("PAPERS_SPACE_MB", default=20_000) * 1_000_000
FILE_UPLOAD_HANDLERS = ["sop_portal.foundation.papers.uploading.BoundedUpload"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "papers": {"BACKEND": PAPERS_STORAGE, "OPTIONS": PAPERS_STORAGE_OPTIONS},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# Of more files than PAPERS_AT_ONCE the rest is read past and counted, so that the form can say it.
DATA_UPLOAD_MAX_NUMBER_FILES = 10_000

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# A backend that prints, keeps or drops mails takes every one of them, and none reaches anybody.
MAIL_REACHES_NOBODY = EMAIL_CONFIG["EMAIL_BACKEND"].split(".")[-2] in ("console", "dummy", "filebased", "locmem")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="SOP Portal <portal@localhost>")

REDIS_URL = env("REDIS_URL", default="")
# Whether an act rings for a worker at once; without it mail leaves with the next minute. Tests keep it still.
BELL_RINGS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A form of ours leads on to the provider's page; browsers ask for its origin here.
        "form-action": [SELF, *([OIDC_SIGN_IN_ORIGIN] if OIDC_SERVER else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# A session ends when nobody used it for so many minutes, and after so many days in any case.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=720)
SESSION_DAYS = env.int("SESSION_DAYS", default=14)
SESSION_COOKIE_AGE = 60 * 60 * 24 * SESSION_DAYS
SESSION_COOKIE_HTTPONLY = True
KNOWN_BROWSER_COOKIE = "known_browser"
# How long notices, mails that have left, and the security log are kept.
KEEP_NOTICES_DAYS = env.int("KEEP_NOTICES_DAYS", default=730)
KEEP_MAILS_DAYS = env.int("KEEP_MAILS_DAYS", default=180)
KEEP_SECURITY_LOG_DAYS = env.int("KEEP_SECURITY_LOG_DAYS", default=400)
# Nothing of what a browser can do beside showing pages; passkeys are asked for by ours alone.
PERMISSIONS_POLICY = ", ".join(
    [
        *(f"{name}=()" for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY = env.bool("SECURE_PROXY", default=False)
# Behind a proxy every caller has the proxy's address. Throttled by that, one stranger would lock everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if SECURE_PROXY else 0)
if SECURE_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # A load balancer asks by plain address, and without the proxy.
    SECURE_REDIRECT_EXEMPT = ["^(livez|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    # Browsers take a cookie of such a name from this very host alone, encrypted and for all of it.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    KNOWN_BROWSER_COOKIE = "__Host-known_browser"

# The public key of age that backups are encrypted for; without it they are not.
BACKUP_KEY = env("BACKUP_KEY", default="")
BACKUP_MAX_AGE_DAYS = env.int("BACKUP_MAX_AGE_DAYS", default=2)

# Where the end of the trail is noted outside of the database: a file that grows, addresses that it is mailed to.
TRAIL_ANCHOR_FILE = env("TRAIL_ANCHOR_FILE", default="")
TRAIL_ANCHOR_MAIL = env.list("TRAIL_ANCHOR_MAIL", default=[])

# What /metrics asks for; without it there are no metrics.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOGGING = logging_in(env("LOG_FORMAT", default="line"), LOG_LEVEL)
