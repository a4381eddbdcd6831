"""Whether the portal can do its work: database, migrations, and mail that does not get stuck."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from sop_portal.notices.models import Mail

TOO_OLD = timedelta(hours=2)


def problems(at: datetime) -> list[str]:
    """What is wrong, in words for the operator; empty when all is well."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["Migrations are missing: run manage.py migrate."]
        oldest = Mail.objects.filter(state="pending", next_try_at__lte=at).order_by("next_try_at").first()
    except DatabaseError:
        return ["The database does not answer."]
    if oldest and at - oldest.next_try_at > TOO_OLD:
        return ["Mail waits for more than two hours: is a worker or `manage.py send_mail_queue` running?"]
    return []
