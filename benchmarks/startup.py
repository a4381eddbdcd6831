"""What a process of the portal takes to start, beside bare Django with the same third-party applications.

    .venv/bin/python benchmarks/startup.py [--rounds 9]

Processor time of `manage.py check`, and of a new worker up to its first page, each in turn with a project that has
the same third-party applications, their addresses, a login page and nothing else. The portal is empty, so that its
first page is the one that lets the first administrator in. Bytecode lies in a folder of its own
that is made before anything counts, as an installation has it.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEY = "only-for-benchmarks-0123456789-0123456789-0123456789"
MOST_ROUNDS = 30
BARE = """
import environ
from pathlib import Path

DEBUG, SECRET_KEY, ALLOWED_HOSTS, USE_TZ = False, "{key}", ["*"], True
INSTALLED_APPS = {apps}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF, STATIC_URL = "bare_urls", "static/"
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {{"context_processors": ["django.template.context_processors.request"]}},
}}]
DATABASES = {{"default": environ.Env().db("DATABASE_URL")}}
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
ACCOUNT_LOGIN_METHODS, ACCOUNT_SIGNUP_FIELDS = {{"email"}}, ["email*", "password1*"]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["account.W001"]
"""
BARE_URLS = """
from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/3rdparty/", include("allauth.socialaccount.urls")),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
"""
BARE_COMMAND = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
BARE_WSGI = "from django.core.wsgi import get_wsgi_application; application = get_wsgi_application()"
FIRST_PAGE = """
import os
from importlib import import_module
from io import BytesIO

asked = {"REQUEST_METHOD": "GET", "PATH_INFO": os.environ["FIRST_PAGE"], "SERVER_NAME": "127.0.0.1",
         "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
         "wsgi.input": BytesIO()}
said = []
b"".join(import_module(os.environ["WSGI"]).application(asked, lambda status, headers: said.append(status)))
if not said[0].startswith("200"):
    raise SystemExit(f"The first page answered {said}.")
"""


def main() -> None:
    """Start both in turn, and print the medians and what one is of the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = min(parser.parse_args().rounds, MOST_ROUNDS)
    with tempfile.TemporaryDirectory(prefix="sop-startup-") as folder:
        both = {"bare": bare(folder), "portal": portal(folder)}
        for env in both.values():
            seconds([env["COMMAND"], "migrate", "-v0"], env)
        seconds([both["portal"]["COMMAND"], "collectstatic", "--no-input", "-v0"], both["portal"])
        for name in ("check", "first page"):
            times: dict[str, list[float]] = {which: [] for which in both}
            for number in range(rounds + 1):
                for which, env in both.items():
                    took = seconds([env["COMMAND"], "check"] if name == "check" else ["-c", FIRST_PAGE], env)
                    if number:
                        times[which].append(took)
            middle = {which: statistics.median(values) for which, values in times.items()}
            ratio = middle["portal"] / middle["bare"]
            print(f"{name:<12} bare {middle['bare']:.2f} s  portal {middle['portal']:.2f} s  ratio {ratio:.2f}")


def portal(folder: str) -> dict[str, str]:
    """The environment in which the portal starts."""
    return everybody(folder, "portal") | {
        "DJANGO_SETTINGS_MODULE": "sop_portal.settings",
        "COMMAND": str(ROOT / "manage.py"),
        "WSGI": "sop_portal.wsgi",
        "FIRST_PAGE": "/first-administrator/",
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": KEY,
        "TRAIL_KEY": KEY,
        "DEBUG": "False",
        "DEMO": "False",
        "LOG_LEVEL": "ERROR",
        "SECURE_PROXY": "False",
    }


def bare(folder: str) -> dict[str, str]:
    """A project of the same third-party applications, and the environment in which it starts."""
    listed = [sys.executable, "-c", "from django.conf import settings; print(*settings.INSTALLED_APPS)"]
    apps = subprocess.run(listed, env=portal(folder), check=True, capture_output=True, text=True).stdout.split()
    ours = ("sop_portal.", "planning", "budgets", "evaluations")
    others = [app for app in apps if not app.startswith(ours)]
    Path(folder, "bare_settings.py").write_text(BARE.format(key=KEY, apps=others))
    Path(folder, "bare_urls.py").write_text(BARE_URLS)
    Path(folder, "bare_wsgi.py").write_text(BARE_WSGI)
    Path(folder, "command.py").write_text(BARE_COMMAND)
    return everybody(folder, "bare") | {
        "COMMAND": f"{folder}/command.py",
        "WSGI": "bare_wsgi",
        "FIRST_PAGE": "/account/login/",
        "DJANGO_SETTINGS_MODULE": "bare_settings",
        "PYTHONPATH": folder,
    }


def everybody(folder: str, name: str) -> dict[str, str]:
    """What both environments have: a database and bytecode of their own."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    database = f"sqlite:///{folder}/{name}.sqlite3"
    return kept | {"DATABASE_URL": database, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}


def seconds(arguments: list[str], env: dict[str, str]) -> float:
    """Processor seconds of one process of Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], env=env, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
