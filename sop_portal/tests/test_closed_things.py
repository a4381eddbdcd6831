"""What is closed stays as it is: every act is tried on everything closed, and those that live on are carried out."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from budgets.drafting.actions import LineAmounts, amend
from evaluations.models import Measure
from planning.models import Cycle, Project, RequestLine, ResourceRequest
from sop_portal.foundation.kit.closed_years import BELONGS_TO, LIVES_ON, PAPERS, YEARS, name_of
from sop_portal.foundation.kit.refusals import NotNow, NotReady, Refusal
from sop_portal.foundation.kit.triggers import existing_triggers
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import comment
from sop_portal.foundation.workflow.checks import check_step
from sop_portal.handover.actions import hand_over
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import (
    NOW,
    OF_NO_YEAR,
    TODAY,
    WRITTEN,
    every_act,
    filled_year,
    functions,
    on,
    step_act,
)
from sop_portal.tests.parts_of_acts import PARTS
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import MADE_IN
from sop_portal.tests.states import bring_to, without_check_constraints

LIVING = {(kind, act) for kind, living in LIVES_ON.items() for act in living.acts}


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind, most of them still open."""
    return filled_year(cast)


@shared_fixture
def closed(year: SimpleNamespace, cast: SimpleNamespace) -> SimpleNamespace:
    """The same year, closed by nobody's act, so that everything in it is still in a state that acts take."""
    Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    return year


def acts_of_a_year() -> list[str]:
    return sorted(set(every_act()) - set(OF_NO_YEAR))


def is_living_on(name: str) -> bool:
    function = every_act()[name].function
    return any((w.kind, step) in LIVING for w in ALL_WORKFLOWS for step, act in w.acts.items() if act is function)


def test_every_act_of_the_portal_is_tried_here() -> None:
    known = (
        set(every_act())
        | set(PARTS)
        | {"sop_portal.foundation.workflow.comment", "sop_portal.foundation.workflow.note"}
    )
    forgotten = {name for name, _function in functions()} - known
    assert forgotten == set(), (
        "Write into WRITTEN of sop_portal/tests/every_act.py who does it and on what, "
        "or into PARTS of which act it is a part."
    )
    assert set(WRITTEN) | set(OF_NO_YEAR) | set(PARTS) <= {name for name, _function in functions()}


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name in acts_of_a_year() if not is_living_on(name)])
def test_no_act_changes_a_closed_year(closed: SimpleNamespace, name: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(NotNow, match="The year 2027 is closed") as refusal:
        every_act()[name].try_on(closed)
    assert ("open" in str(refusal.value.way_out), Entry.objects.count()) == (True, before)


def steps_that_live_on() -> list[Any]:
    return [
        pytest.param(workflow, step, id=f"{workflow.kind}-{step.name}")
        for workflow in ALL_WORKFLOWS
        for step in workflow.steps
        if (workflow.kind, step.name) in LIVING
    ]


def stamps_of(kind: str, state: str, cast: SimpleNamespace) -> dict[str, Any]:
    """What stands on a record in this state beside the state."""
    if state == "done":
        return {"done_at": NOW, "done_by": cast.amina, "evidence": "Seen"}
    return {"adopted_at": NOW, "adopted_by": cast.emil} if (kind, state) == ("proposal", "adopted") else {}


@pytest.mark.parametrize(("workflow", "step"), steps_that_live_on())
def test_what_lives_on_is_carried_out_in_a_closed_year(
    closed: SimpleNamespace, cast: SimpleNamespace, workflow: Any, step: Any
) -> None:
    record = closed.records[workflow.kind]
    source = next(iter(step.sources))
    type(record).objects.filter(pk=record.pk).update(state=source, **stamps_of(workflow.kind, source, cast))
    step_act(workflow, step, workflow.acts[step.name]).try_on(closed)
    record.refresh_from_db()
    assert record.state == step.target


def test_the_acts_that_live_on_are_steps_or_the_handing_over_of_a_measure() -> None:
    steps = {(workflow.kind, name) for workflow in ALL_WORKFLOWS for name in workflow.names}
    papers = {(kind, act) for kind in LIVES_ON for act in PAPERS}
    assert LIVING - steps == {("measure", "hand-over"), *papers}


def test_a_measure_of_a_closed_year_gets_another_owner_when_its_owner_leaves(
    closed: SimpleNamespace, cast: SimpleNamespace
) -> None:
    hand_over(cast.amina, cast.ben, last_on=TODAY, by=cast.ada, at=NOW)
    assert Measure.objects.get(department=closed.arts).owner == cast.ben


@pytest.mark.parametrize("kind", ["forecast", "budget", "finding", "measure"])
def test_every_record_of_a_closed_year_takes_comments(
    closed: SimpleNamespace, cast: SimpleNamespace, kind: str
) -> None:
    assert comment(kind, closed.records[kind], "For the record", by=cast.emil, at=NOW).pk


def test_a_person_is_erased_although_their_years_are_closed(closed: SimpleNamespace, cast: SimpleNamespace) -> None:
    gone = {"name": "Erased person", "email": "erased-1@invalid.example", "is_active": False}
    assert User.objects.filter(pk=cast.amina.pk).update(**gone) == 1


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(every_act()))
def test_whoever_may_no_longer_log_in_does_nothing(year: SimpleNamespace, name: str) -> None:
    tried = every_act()[name]
    person = getattr(year.cast, tried.by)
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(Refusal):
        tried.try_on(year, User.objects.get(pk=person.pk))
    assert Actor.of(person, NOW).grants == ()


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(set(every_act()) - {"sop_portal.handbook.acknowledge"}))
def test_a_role_or_a_deputyship_that_has_ended_does_nothing(year: SimpleNamespace, name: str) -> None:
    tried, gone = every_act()[name], TODAY - timedelta(days=1)
    person, farid = getattr(year.cast, tried.by), year.cast.farid
    Delegation.objects.create(giver=person, deputy=farid, role="", from_on=gone - timedelta(days=9), until_on=gone)
    with pytest.raises(Refusal):
        tried.try_on(year, farid)
    Membership.objects.filter(person=person).update(until_on=gone)
    with pytest.raises(Refusal):
        tried.try_on(year, person)


# What is edited outside of the steps, by the record whose state says whether it still may be.
EDITS = {
    "forecast": ("add_project", "set_figures", "leave_out", "take_in"),
    "request": ("add_line", "change_line", "remove_line"),
    "budget": ("set_line", "leave_out", "take_in_new"),
    "audit": ("find",),
    "report": ("write",),
    "issue": ("raise_to_meeting",),
    "evaluation": ("write", "add_goal", "remove_goal", "write_lesson", "remove_lesson"),
    "meeting": ("add_point", "note_attendance", "minute"),
    "project": ("change_project",),
}
# Where each kind is found in the year of the tests, if not among its records.
PLACES = {"report": "written"}


def edits_of_closed() -> list[Any]:
    return [
        pytest.param(workflow, state, f"{workflow.model.__module__.split('.models')[0]}.{name}", id=f"{name}-{state}")
        for workflow in ALL_WORKFLOWS
        for name in EDITS.get(workflow.kind, ())
        for state in sorted(set(workflow.states.values) - workflow.editable)
    ]


def amended(year: SimpleNamespace) -> None:
    """An amendment of the budget in force, and the same line in it."""
    year.budget = amend(year.budget, reason="More", by=year.cast.dora, at=NOW)
    year.budget_line = year.budget.lines.get(number=year.budget_line.number)


@pytest.mark.parametrize(("workflow", "state", "name"), edits_of_closed())
def test_nothing_is_edited_in_a_record_that_was_handed_over_or_decided(
    year: SimpleNamespace, workflow: Any, state: str, name: str
) -> None:
    if workflow.kind == "budget" and state in ("proposed", "endorsed", "brought", "returned"):
        amended(year)
    record = getattr(year, PLACES.get(workflow.kind, workflow.kind))
    with without_check_constraints(record._meta.db_table):
        bring_to(workflow, record, state, year.cast.omar)
    with pytest.raises(NotNow):
        every_act()[name].try_on(year)


@pytest.mark.parametrize(
    ("workflow", "step", "state"),
    [
        pytest.param(workflow, step, state, id=f"{workflow.kind}-{step.name}-{state}")
        for workflow in ALL_WORKFLOWS
        for step in workflow.steps
        for state in sorted(set(workflow.states.values) - set(step.sources))
    ],
)
def test_no_step_is_taken_from_a_state_it_does_not_start_in(
    year: SimpleNamespace, workflow: Any, step: Any, state: str
) -> None:
    record = year.records[workflow.kind]
    record.state = state
    actor = Actor.of(getattr(year.cast, step_act(workflow, step, None).by), NOW)
    with pytest.raises(NotNow):
        check_step(workflow, step, record, actor, NOW)


# What is done for a project, and the states in which it is refused.
ENDED = ("on_hold", "completed", "evaluated", "cancelled")
FOR_A_PROJECT = {
    "planning.forecasts.set_figures": ENDED,
    "planning.forecasts.take_in": ENDED,
    "planning.requests.add_line": ENDED,
    "planning.requests.change_line": ENDED,
    "planning.requests.grant": ENDED,
    "budgets.drafting.set_line": ("on_hold", "evaluated", "cancelled"),
    # A completed project takes invoices of its time: test_late_invoices.
    "budgets.spending.post": ("planned", "on_hold", "evaluated", "cancelled"),
    "budgets.spending.ask_exception": ("planned", "on_hold", "evaluated", "cancelled"),
    "budgets.spending.correct": ("evaluated", "cancelled"),
    "evaluations.reports.raise_issue": ("evaluated", "cancelled"),
    "planning.projects.change_project": ("completed", "evaluated", "cancelled"),
}
# The state of the record around it in which the act would be possible.
AROUND = {
    "planning.forecasts": ("forecast", "draft"),
    "planning.requests.grant": ("request", "submitted"),
    "planning.requests": ("request", "draft"),
}


@pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name, states in FOR_A_PROJECT.items() for state in states]
)
def test_nothing_new_is_done_for_a_project_that_is_held_or_has_ended(
    year: SimpleNamespace, name: str, state: str
) -> None:
    around = AROUND.get(name) or AROUND.get(name.rpartition(".")[0])
    if around:
        type(getattr(year, around[0])).objects.update(state=around[1])
        ResourceRequest.objects.update(due=date(2028, 1, 1))
        RequestLine.objects.update(decision="open", granted=0, granted_cost=0, decided_at=None, decided_by=None)
    if name == "budgets.drafting.set_line":
        amended(year)
    done = {"completed_at": NOW, "completed_by": year.cast.omar, "activated_at": NOW, "activated_by": year.cast.omar}
    for row in Project.objects.filter(department=year.arts):
        Project.objects.filter(pk=row.pk).update(state=state, **done)
    year.project.refresh_from_db()
    more = {"budgets.drafting.set_line": on("budget_line", "dora", LineAmounts(*[Decimal(400)] * 4))}
    tried = replace(more.get(name, every_act()[name]), function=every_act()[name].function)
    with pytest.raises((NotNow, NotReady)):
        tried.try_on(year)


@pytest.mark.parametrize(
    "name",
    [
        "planning.forecasts.add_project",
        "planning.requests.add_line",
        "budgets.audits.plan",
    ],
)
def test_nothing_new_begins_for_a_department_that_no_longer_takes_part(year: SimpleNamespace, name: str) -> None:
    Department.objects.filter(pk=year.arts.pk).update(is_active=False)
    year.forecast.__class__.objects.update(state="draft")
    ResourceRequest.objects.update(state="draft", due=date(2028, 1, 1))
    for holder in (year, year.forecast, year.request):
        department = Department.objects.get(pk=year.arts.pk)
        setattr(holder, "arts" if holder is year else "department", department)
    with pytest.raises(NotNow, match="no longer takes part"):
        every_act()[name].try_on(year)


def models_of_a_year() -> set[str]:
    """Every table whose rows lead to a year, directly or by a parent."""
    found = {Cycle}
    while True:
        more = {
            model
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.related_model in found
        }
        if more <= found:
            return {model._meta.db_table for model in found} - {YEARS}
        found |= more


def test_every_table_of_a_year_is_kept_when_the_year_is_closed(db: None) -> None:
    forgotten = models_of_a_year() - set(BELONGS_TO)
    assert forgotten == set(), (
        "Name the table in BELONGS_TO of sop_portal/foundation/kit/closed_years.py, and give it its triggers "
        "in a migration: stays_when_closed(table). What still moves afterwards is named in LIVES_ON, with its acts."
    )
    assert set(BELONGS_TO) - models_of_a_year() == set()
    promised = {name_of(table, event) for table in BELONGS_TO for event in ("insert", "update", "delete")}
    assert promised - existing_triggers(connection) == set(), "Add stays_when_closed(table) to a migration of its app."


def refused_by_the_database(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as refusal:
        return "never changes" in str(refusal)
    return False


@pytest.mark.parametrize("table", sorted({*BELONGS_TO, YEARS}))
def test_the_database_keeps_a_closed_year(closed: SimpleNamespace, table: str) -> None:
    column = BELONGS_TO.get(table, ("year", ""))[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY id LIMIT 1")
        row = cursor.fetchone()
    if row is None:
        pytest.fail(f"{table}: {MADE_IN}")
    is_living = table in {living.table for living in LIVES_ON.values()}
    changed = refused_by_the_database(f"UPDATE {table} SET {column} = {column} WHERE id = {row[0]}")
    assert (changed, refused_by_the_database(f"DELETE FROM {table} WHERE id = {row[0]}")) == (not is_living, True)


@pytest.mark.parametrize("table", sorted(BELONGS_TO))
def test_the_database_takes_nothing_more_into_a_closed_year(closed: SimpleNamespace, table: str) -> None:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    row = model._default_manager.order_by("pk").first()
    assert row is not None, MADE_IN
    row.pk, row._state.adding = None, True
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        models.Model.save(row)


@pytest.mark.parametrize("kind", sorted(LIVES_ON))
def test_what_lives_on_keeps_what_it_says(closed: SimpleNamespace, kind: str) -> None:
    living = LIVES_ON[kind]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {living.table} ORDER BY id LIMIT 1")
        (pk,) = cursor.fetchone()
    texts = [column for column in living.stays if column in ("what", "text", "title")]
    refused = [refused_by_the_database(f"UPDATE {living.table} SET {c} = 'x' WHERE id = {pk}") for c in texts]
    assert (len(refused) > 0, all(refused)) == (True, True)
    assert not refused_by_the_database(f"UPDATE {living.table} SET version = version + 1 WHERE id = {pk}")
