"""Opening a year asks and tells everybody at once: thirty departments take as many statements as three."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Forecast
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role


def departments_with_heads(count: int) -> None:
    """So many departments more, each with its head."""
    for number in range(count):
        department = Department.objects.create(name=f"Branch {number}", slug=f"branch-{number}")
        head = User.objects.create_user(f"head-{number}@example.org", "planning-year", name=f"Head {number}")
        Membership.objects.create(person=head, role=Role.HEAD, department=department, from_on=date(2020, 1, 1))


def opened(count: int, cast: SimpleNamespace, at: datetime) -> tuple[int, int, int, int]:
    """What opening a year with so many departments takes and leaves: statements, forecasts, notices and mails."""
    with transaction.atomic():
        departments_with_heads(count)
        before = at - timedelta(days=70)
        cycle = create_cycle(year=2027, by=cast.ada, at=before)
        with CaptureQueriesContext(connection) as asked:
            publish_year(cycle, by=cast.ada, at=before, seen=1)
        left = (Forecast.objects.count(), Notice.objects.filter(verb="create").count(), Mail.objects.count())
        transaction.set_rollback(True)
    return len(asked), *left


def test_thirty_departments_take_as_many_statements_as_three(
    cast: SimpleNamespace, arts: Department, sports: Department, in_march: datetime
) -> None:
    for_three, for_thirty = opened(3, cast, in_march), opened(30, cast, in_march)
    assert for_thirty[0] == for_three[0]
    # Arts and Sports have heads too.
    assert (for_three[1:], for_thirty[1:]) == ((5, 5, 5), (32, 32, 32))
