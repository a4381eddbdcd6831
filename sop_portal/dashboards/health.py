"""Whether the portal can do its work: database, migrations, and mail that does not get stuck."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q

from sop_portal.foundation.notices.models import Mail

TOO_OLD = timedelta(hours=2)


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
