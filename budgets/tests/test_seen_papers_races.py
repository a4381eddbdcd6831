"""Whoever decides on papers and whoever takes one back wait for each other: no decision names a paper that is gone."""

from datetime import date, datetime
from threading import Thread
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from budgets.audits import actions
from budgets.audits.actions import AuditPlan, Observation
from budgets.audits.workflow import FINDING
from budgets.models import Finding
from planning.models import Cycle, Project
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.papers.actions import take_back
from sop_portal.foundation.workflow.engine import step
from sop_portal.foundation.workflow.seen import SeenVersion
from sop_portal.tests.papers import paper_on

pytestmark = [pytest.mark.slow, pytest.mark.race, pytest.mark.django_db(transaction=True)]
DUE = date(2027, 6, 1)


@pytest.fixture(autouse=True)
def many_at_once(on_postgresql: bool) -> None:
    """SQLite lets one person write at a time, so that nobody could meet anybody here."""
    if not on_postgresql:
        pytest.skip("Races are run on PostgreSQL.")


def test_a_paper_is_not_taken_back_while_somebody_decides_with_it(
    allocated: Cycle, arts: Department, cast: SimpleNamespace, may: datetime
) -> None:
    audit = actions.plan(
        allocated,
        AuditPlan("Use of the grant", arts, DUE, Project.objects.get(name="Story hours")),
        by=cast.dora,
        at=may,
    )
    actions.begin(audit, by=cast.dora, at=may, seen=1)
    finding = actions.find(audit, Observation("Two receipts are missing", DUE), by=cast.dora, at=may, seen=1)
    audit.refresh_from_db()
    actions.ask(audit, by=cast.dora, at=may, seen=audit.version)
    finding.refresh_from_db()
    actions.answer(finding, by=cast.amina, at=may, seen=finding.version, comment="We look for them")
    paper = paper_on(finding, by=cast.ben, at=may)
    finding = actions.remedy(finding, by=cast.ben, at=may, seen=finding.version, comment="Both were found")
    met: list[str] = []

    def regret() -> None:
        try:
            take_back(paper, by=cast.ben, at=may)
            met.append("taken back")
        except Refusal as refusal:
            met.append(str(refusal))
        finally:
            connection.close()

    regrets, seen = Thread(target=regret), SeenVersion.on(FINDING, finding)
    with transaction.atomic(), step(FINDING, finding, "verify", by=cast.dora, at=may, seen=seen):
        regrets.start()
        # It waits for the decision, so it does not end by itself.
        regrets.join(1)
        assert (regrets.is_alive(), met) == (True, [])
    regrets.join(60)
    paper.refresh_from_db()
    assert (Finding.objects.get().state, paper.taken_back_at, len(met)) == ("verified", None, 1)
    assert "taken back" not in met
