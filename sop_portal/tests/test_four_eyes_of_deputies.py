"""A borrowed role is no second pair of eyes on the work of those for whom one acts; one's own role is."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from planning.cycles.actions import MoreTime, extend
from planning.extensions import actions as extensions
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, User
from sop_portal.foundation.organisation.roles import ROLES, roles_that
from sop_portal.foundation.workflow.checks import asking_side, whose
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.inbox import waiting_for
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.foundation.workflow.notify import who_wait
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Directory, is_barred
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import NOW, TODAY, WHO, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

pytestmark = pytest.mark.once

DAY = timedelta(days=1)
DECISIONS = [
    pytest.param(workflow, step, id=f"{workflow.kind}-{step.name}")
    for workflow in ALL_WORKFLOWS
    for step in workflow.steps
    if step.four_eyes
]
every_decision = pytest.mark.parametrize(("workflow", "step"), DECISIONS)


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind, none of which anybody worked on yet."""
    found = filled_year(cast)
    Contributor.objects.all().delete()
    return found


def stand_in(giver: User, deputy: User, *, until_on: Any = TODAY) -> Delegation:
    return Delegation.objects.create(giver=giver, deputy=deputy, role="", from_on=TODAY - 40 * DAY, until_on=until_on)


def decides(year: SimpleNamespace, workflow: Any, step: Any, person: User) -> bool:
    """Whether the table lets a person decide on its record today."""
    record = type(year.records[workflow.kind])._default_manager.get(pk=year.records[workflow.kind].pk)
    try:
        whose(workflow, step, record, Actor.of(person, NOW))
    except NotYours:
        return False
    return True


def worked_on(year: SimpleNamespace, workflow: Any, person: User, *, days_ago: int = 3) -> None:
    record = year.records[workflow.kind]
    at = NOW - days_ago * DAY
    Contributor.objects.create(kind=workflow.kind, record_id=record.pk, person=person, at=at)


@pytest.fixture
def decider(year: SimpleNamespace) -> Any:
    """Who holds the role of a step."""
    return lambda step: getattr(year.cast, WHO[roles_that(step.by)[0]])


@every_decision
def test_who_stands_in_for_both_sides_decides_nothing(
    year: SimpleNamespace, decider: Any, workflow: Any, step: Any
) -> None:
    farid, asking = year.cast.farid, year.cast.omar
    stand_in(decider(step), farid)
    worked_on(year, workflow, asking)
    assert decides(year, workflow, step, farid)
    stand_in(asking, farid)
    assert not decides(year, workflow, step, farid)


@every_decision
def test_who_stood_in_for_the_asking_side_when_it_asked_decides_nothing(
    year: SimpleNamespace, decider: Any, workflow: Any, step: Any
) -> None:
    farid, asking = year.cast.farid, year.cast.omar
    stand_in(decider(step), farid)
    lent = stand_in(asking, farid, until_on=TODAY - 10 * DAY)
    worked_on(year, workflow, asking)
    assert decides(year, workflow, step, farid)
    Delegation.objects.filter(pk=lent.pk).update(until_on=TODAY - 2 * DAY)
    assert not decides(year, workflow, step, farid)


@every_decision
def test_neither_deputy_nor_who_lent_the_role_decides_on_what_one_did_for_the_other(
    year: SimpleNamespace, decider: Any, workflow: Any, step: Any
) -> None:
    farid, deciding = year.cast.farid, decider(step)
    stand_in(deciding, farid)
    assert (decides(year, workflow, step, farid), decides(year, workflow, step, deciding)) == (True, True)
    grant = next(grant for grant in Actor.of(farid, NOW).grants if step.by in ROLES[grant.role].may)
    add_contributor(workflow, year.records[workflow.kind], farid, grant, NOW)
    assert (decides(year, workflow, step, farid), decides(year, workflow, step, deciding)) == (False, False)


@every_decision
def test_who_holds_the_role_decides_in_it_also_while_standing_in_for_the_asking_side(
    year: SimpleNamespace, decider: Any, workflow: Any, step: Any
) -> None:
    deciding, asking = decider(step), year.cast.omar
    worked_on(year, workflow, asking)
    assert decides(year, workflow, step, deciding)
    stand_in(asking, deciding)
    assert decides(year, workflow, step, deciding)
    worked_on(year, workflow, deciding)
    assert not decides(year, workflow, step, deciding)


MEASURES = next(workflow for workflow in ALL_WORKFLOWS if workflow.kind == "measure")


def test_the_refusal_names_who_can_and_nobody_of_the_asking_side(year: SimpleNamespace) -> None:
    """Elif and Emil decide; Elif wrote it with Omar, so Emil alone is named."""
    cast = year.cast
    worked_on(year, MEASURES, vars(cast)["elif"])
    stand_in(cast.omar, cast.farid)
    stand_in(cast.emil, cast.farid)
    worked_on(year, MEASURES, cast.omar)
    with pytest.raises(NotYours, match="You stand in for both sides") as refusal:
        whose(MEASURES, MEASURES["adopt"], year.records["measure"], Actor.of(cast.farid, NOW))
    assert refusal.value.way_out == "Emil Novak can."


def test_a_decision_does_not_wait_for_the_asking_side(year: SimpleNamespace) -> None:
    """Neither among what waits for somebody, nor in notices, nor in reminders."""
    cast, measure = year.cast, year.records["measure"]
    type(measure).objects.filter(pk=measure.pk).update(state="proposed")
    measure.refresh_from_db()
    stand_in(cast.emil, cast.farid)
    Delegation.objects.update(from_on=TODAY)
    worked_on(year, MEASURES, cast.omar)
    barred = frozenset({cast.omar.pk})
    owed = Owed("measure", "adopt", "", MEASURES["adopt"].by, measure, year.cycle, four_eyes=True, barred=barred)

    def asked() -> list[bool]:
        tasks = [task.record for task in waiting_for(Actor.of(cast.farid, NOW), [MEASURES], NOW)]
        found = who_wait(MEASURES, [measure], NOW, lambda: asking_side(MEASURES, measure, TODAY))
        notified = found[measure.pk].values()
        reminded = not is_barred(cast.farid.pk, owed, Directory.on(TODAY))
        return [measure in tasks, any(cast.farid in people for people in notified), reminded]

    assert asked() == [True, True, True]
    stand_in(cast.omar, cast.farid)
    assert asked() == [False, False, False]


def test_who_asked_for_time_as_a_deputy_does_not_give_it_past_the_question(year: SimpleNamespace) -> None:
    """Emil stood in for Amina and asked; a day later he does not extend the window himself."""
    cast, due = year.cast, year.cycle.windows.get(stage="execution").due_on
    more = MoreTime("execution", year.arts, due + 9 * DAY, "Illness")
    lent = stand_in(cast.amina, cast.emil)
    asked = extensions.ask(year.cycle, more, by=cast.emil, at=NOW)
    Delegation.objects.filter(pk=lent.pk).update(until_on=TODAY)
    later = NOW + DAY
    with pytest.raises(NotYours, match="You asked for this time") as refusal:
        extend(year.cycle, more, by=cast.emil, at=later)
    assert refusal.value.way_out == "Ada Moreno or Elif Aydin can."
    extensions.withdraw(asked, by=cast.amina, at=later, seen=asked.version)
    assert extend(year.cycle, more, by=cast.emil, at=later).until_on == more.until_on
