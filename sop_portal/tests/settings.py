"""The settings under test: the product's own, whatever .env says; it only chooses the databases."""

import os

os.environ |= {
    "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789",
    "TRAIL_KEY": "only-for-tests-9876543210-9876543210-9876543210",
    "DEBUG": "False",
    "DEMO": "False",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CSRF_TRUSTED_ORIGINS": "",
    "BASE_URL": "http://testserver",
    "EMAIL_URL": "memorymail://",
    "DEFAULT_FROM_EMAIL": "SOP Portal <portal@example.org>",
    "TIME_ZONE": "America/New_York",
    "MFA_REQUIRED_ROLES": "",
    "SECURE_PROXY": "False",
    "LOG_LEVEL": "WARNING",
}

from sop_portal.settings import *

STATIC_ROOT = VAR_DIR / "test-static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = VAR_DIR / "test-media"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file for every process, so that two runs at once do not meet.
    DATABASES["default"]["TEST"]["NAME"] = VAR_DIR / f"test-{os.getpid()}.sqlite3"
    # Nobody needs a test's rows after a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA legacy_alter_table=ON;"
    )
else:
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
# What a test's people sign in with is no secret.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
BELL_RINGS = False
