"""Whether the portal is alive and can do its work: database, migrations, and mail that does not get stuck."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.http import HttpResponse

from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.access import Request, open_to_all

TOO_OLD = timedelta(hours=2)


@open_to_all
def livez(request: Request) -> HttpResponse:
    """The process answers; nothing else is touched."""
    return HttpResponse("ok\n", content_type="text/plain")


@open_to_all
def readyz(request: Request) -> HttpResponse:
    """Database, migrations and the age of the mail queue."""
    wrong = problems(request.moment)
    return HttpResponse("\n".join(wrong) or "ok", status=503 if wrong else 200, content_type="text/plain")


def problems(at: datetime) -> list[str]:
    """What is wrong, in words for the operator; empty when all is well."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["Migrations are missing: run manage.py migrate."]
        old = at - TOO_OLD
        tried = Q(made_at__lt=old, attempts=0) & ~Q(problem="")
        stuck = Mail.objects.filter(Q(next_try_at__lt=old) | tried, state__in=["pending", "sending"]).exists()
    except DatabaseError:
        return ["The database does not answer."]
    if stuck:
        return ["Mail waits for more than two hours: is a worker running, and does the mail server answer?"]
    return []
