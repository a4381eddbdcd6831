"""Which pages are measured, with a session for each, their SQL statements and bytes; printed as JSON for pages.py."""

import json

import bare  # sets Django up
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from planning.models import Cycle, Project
from sop_portal.foundation.organisation.models import User

LISTS = (
    "projects",
    "forecasts",
    "requests",
    "appropriations",
    "expenses",
    "exceptions",
    "progress",
    "issues",
    "audits",
    "evaluations",
    "lessons",
    "improvements",
    "feedback",
    "meetings",
    "dashboard",
    "accuracy",
    "cycle",
)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def pages() -> dict[str, tuple[str, str]]:
    """Name, address and who opens it."""
    year, project = Cycle.objects.get().year, Project.objects.order_by("pk")[0]
    found = {"bare": ("/bare/", "emil"), "my work": ("/", "emil")}
    found |= {name: (reverse(name, args=[year]), "emil") for name in LISTS}
    found |= {
        "projects, spent": (reverse("projects", args=[year]) + "?sort=-spent", "emil"),
        "budget": (reverse("budget", args=[year, 1]), "dora"),
        "report": (reverse("demand-report", args=[year, 1]), "chidi"),
        "allocation": (reverse("allocation", args=[year]), "chidi"),
        "project": (project.get_absolute_url(), "emil"),
        "forecast": (reverse("forecast", args=[year, "branch-001"]), "amina"),
        "search": ("/search/?q=Project%20042", "emil"),
        "head's projects": (reverse("projects", args=[year]), "amina"),
    }
    return found


def main() -> None:
    """Open every page once in this process and count."""
    facts = {}
    for name, (path, who) in pages().items():
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(User.objects.get(email=f"{who}@example.org"), backend=BACKEND)
        with override_settings(**({"ROOT_URLCONF": "bare", "MIDDLEWARE": bare.ONLY} if name == "bare" else {})):
            client.get(path)
            with CaptureQueriesContext(connection) as asked:
                reply = client.get(path)
        if reply.status_code != 200:
            raise SystemExit(f"{path} answered {reply.status_code}.")
        cookie = f"sessionid={client.cookies['sessionid'].value}"
        facts[name] = {"path": path, "cookie": cookie, "sql": len(asked), "bytes": len(reply.content)}
    print(json.dumps({"pages": facts}))


main()
