"""The settings under test: the product's own, whatever .env says; it only chooses the databases."""

import os
from tempfile import TemporaryDirectory

# Papers of one run lie in a folder of its own, which goes with it.
PAPERS_OF_THIS_RUN = TemporaryDirectory(prefix="sop-papers-")

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
    # A machine on which several suites run is slow, and hundreds wait for one lock.
    "DATABASE_LOCK_TIMEOUT": "120",
    "DATABASE_STATEMENT_TIMEOUT": "300",
    "LOG_LEVEL": "WARNING",
    "PAPERS_FOLDER": PAPERS_OF_THIS_RUN.name,
    "PAPERS_STORAGE": "django.core.files.storage.FileSystemStorage",
    "PAPERS_STORAGE_OPTIONS": "{}",
    "LOG_FORMAT": "line",
    "OWNER_DATABASE_URL": "",
    "BACKUP_KEY": "",
    "TRAIL_ANCHOR_FILE": "",
    "TRAIL_ANCHOR_MAIL": "",
    "METRICS_TOKEN": "",
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
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
# What a test's people sign in with is no secret.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
BELL_RINGS = False
# The letter box of the tests stands for a mail server that delivers.
MAIL_REACHES_NOBODY = False
