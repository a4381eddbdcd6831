"""Whether the portal is alive and can do its work: database, migrations, trail, and mail that does not get stuck."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q

from sop_portal.foundation.notices.lease import is_held
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.trail.models import Verification

TOO_OLD = timedelta(hours=2)


def problems(at: datetime) -> list[str]:
    """What is wrong, in words for the operator; empty when all is well."""
    try:
        if migrations_missing():
            return ["Migrations are missing: run manage.py migrate."]
        return [*_of_trail(), *_of_mail(at)]
    except DatabaseError:
        return ["The database does not answer."]


def migrations_missing() -> bool:
    """Whether the code has migrations that the database has not seen."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _of_trail() -> list[str]:
    last = Verification.objects.order_by("-at", "-pk").first()
    if last is None or not last.problems:
        return []
    return ["The trail was found broken: run manage.py verify_trail."]


def _of_mail(at: datetime) -> list[str]:
    """Mail that is held since a backup was brought back is not stuck: a person is asked."""
    old = at - TOO_OLD
    tried = Q(made_at__lt=old, attempts=0) & ~Q(problem="")
    stuck = Mail.objects.filter(Q(next_try_at__lt=old) | tried, state__in=["pending", "sending"]).exists()
    if not stuck or is_held():
        return []
    return ["Mail waits for more than two hours: is a worker running, and does the mail server answer?"]
