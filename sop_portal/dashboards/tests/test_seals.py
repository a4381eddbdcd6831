"""What is finished stands as it was finished: any change of a sealed row, and any row more or less, is found."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Model

from planning.forecasts import actions as forecasts
from planning.forecasts.workflow import FORECAST
from planning.models import ForecastFigure, ForecastLine
from planning.tests.stage_one import accepted, filled, open_year
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.models import Seal
from sop_portal.foundation.workflow.seals import (
    KEPT_ROWS,
    broken_rows,
    broken_seals,
    columns_of_seal,
    follow_act,
    kept_rows,
    model_of,
    release_rows,
    seal_loaded,
    seal_records,
    sealed_rows,
)
from sop_portal.foundation.workflow.table import SealedRows, Workflow
from sop_portal.handbook.actions import write_edition
from sop_portal.people.actions import delegate
from sop_portal.people.terms import Term
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.without_constraints import unguarded

# What an equation finds is the same on every database; that it finds nothing is seen on both.
pytestmark = pytest.mark.once

# The demand report of these tests has no need in common and no department that is missing.
NOT_THERE = {"demand-report-planning_reportneed", "demand-report-planning_reportgap"}


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind, and a version of the handbook that is not in force yet."""
    words = {"start": ("Begin here.", "从这里开始。")}
    write_edition(words, note="The start is new.", by=cast.ada, at=NOW, seen=1)
    return filled_year(cast)


def finish(workflow: Workflow[Any], year: SimpleNamespace) -> Any:
    """Bring the record of a kind into a finished state and seal it, as the step would."""
    record = year.records[workflow.kind]
    with unguarded(record._meta.db_table):
        type(record).objects.filter(pk=record.pk).update(state=sorted(workflow.sealed_states)[0])
    Seal.objects.filter(kind=workflow.kind).delete()
    seal_loaded(workflow)
    return record


def other(value: Any) -> Any:
    """Another value of the same kind; nothing where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, datetime | date):
        return value + timedelta(days=1)
    return f"{value[:-1]}{'y' if value.endswith('x') else 'x'}" if isinstance(value, str) else None


def change(row: Model, columns: set[str]) -> None:
    """Change one figure, day or word of a row, as whoever sits at the database could."""
    fields = [f for f in reversed(row._meta.concrete_fields) if f.attname in columns]
    plain = ((f, other(getattr(row, f.attname))) for f in fields if not (f.is_relation or f.unique))
    field, value = next((field, value) for field, value in plain if value is not None)
    name, stored = connection.ops.quote_name(field.column), field.get_db_prep_save(value, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET {name} = %s WHERE id = %s", [stored, row.pk])


def parts() -> list[Any]:
    return [
        pytest.param(workflow, rows, id=f"{workflow.kind}-{rows.table}")
        for workflow in ALL_WORKFLOWS
        for rows in sealed_rows(workflow)
    ]


@pytest.mark.walk
@pytest.mark.parametrize(("workflow", "rows"), parts())
def test_a_changed_row_of_a_finished_record_is_found(
    year: SimpleNamespace, workflow: Workflow[Any], rows: SealedRows
) -> None:
    record, model = finish(workflow, year), model_of(rows.table)
    row = model._default_manager.filter(**{rows.path: record.pk}).order_by("pk").first()
    assert (row is None) is (f"{workflow.kind}-{rows.table}" in NOT_THERE)
    assert list(broken_seals(workflow)) == []
    if row is not None:
        with unguarded(rows.table):
            change(row, set(rows.only) or {field.attname for field in model._meta.concrete_fields} - rows.without)
        found = [sentence for _record, sentence in broken_seals(workflow)]
        assert f"a row of {rows.table} was changed by no act." in found


def opened(workflow: Workflow[Any], year: SimpleNamespace) -> Any:
    """A record of this kind that is open, or is made so."""
    record = year.records[workflow.kind]
    there = type(record).objects.exclude(state__in=workflow.sealed_states).order_by("-pk").first()
    if there is not None:
        return there
    open_state = next(state for state in workflow.states.values if state not in workflow.sealed_states)
    with unguarded(record._meta.db_table):
        type(record).objects.filter(pk=record.pk).update(state=open_state)
    record.refresh_from_db()
    return record


def open_parts() -> list[Any]:
    return [
        pytest.param(workflow, rows, id=f"{workflow.kind}-{rows.table}")
        for workflow in ALL_WORKFLOWS
        for rows in kept_rows(workflow)
    ]


@pytest.mark.parametrize(("workflow", "rows"), open_parts())
def test_a_changed_row_of_an_open_record_is_found_too(
    year: SimpleNamespace, workflow: Workflow[Any], rows: SealedRows
) -> None:
    """What an act leaves in an open record: the last act on it stands for what is in its rows."""
    record, model = opened(workflow, year), model_of(rows.table)
    release_rows(workflow.kind, [record.pk])
    follow_act(workflow.kind, record)
    assert list(broken_seals(workflow)) == []
    row = model._default_manager.filter(**{rows.path: record.pk}).order_by("pk")[0]
    with unguarded(rows.table):
        change(row, {field.attname for field in model._meta.concrete_fields} - rows.without)
    found = [sentence for _record, sentence in broken_seals(workflow)]
    assert found == [f"a row of {rows.table} was changed by no act."]


@pytest.mark.parametrize("kind", sorted(KEPT_ROWS))
def test_a_row_without_steps_is_found_changed_added_or_gone(year: SimpleNamespace, kind: str) -> None:
    away = Term(from_on=NOW.date(), until_on=NOW.date() + timedelta(days=7))
    delegate(giver=year.cast.amina, deputy=year.cast.ben, role="", term=away, by=year.cast.amina, at=NOW)
    rows = KEPT_ROWS[kind][0]
    model = model_of(rows.table)
    key = model._default_manager.order_by("-pk").values_list("pk", flat=True)[0]
    assert list(broken_rows(kind)) == []
    with unguarded(rows.table):
        change(model._default_manager.get(pk=key), set(columns_of_seal(rows)))
    assert list(broken_rows(kind)) == [(key, f"a row of {rows.table} was changed by no act.")]
    release_rows(kind, [key])
    assert list(broken_rows(kind)) == [(key, "no act has written it.")]
    Seal.objects.create(kind=kind, record_id=10**6, table=rows.table, columns=["id"], rows=1, digest="0" * 64)
    assert list(broken_rows(kind)) == [(10**6, "it is gone."), (key, "no act has written it.")]


@pytest.fixture
def forecast(cast: SimpleNamespace, arts: Department, noon: datetime) -> Any:
    """The accepted forecast of Arts, with one project."""
    open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    return accepted(arts, cast.amina, cast.chidi, noon)


def test_a_finished_record_without_seals_and_one_with_a_row_less_are_found(forecast: Any) -> None:
    assert list(broken_seals(FORECAST)) == []
    with unguarded("planning_forecastline", "planning_forecastfigure"):
        ForecastFigure.objects.filter(line__forecast=forecast).delete()
        ForecastLine.objects.filter(forecast=forecast).delete()
    assert [sentence for _record, sentence in broken_seals(FORECAST)] == [
        "acts left 1 rows of planning_forecastline, and there are 0 now.",
        "acts left 5 rows of planning_forecastfigure, and there are 0 now.",
    ]
    Seal.objects.all().delete()
    assert [sentence for _record, sentence in broken_seals(FORECAST)] == [
        f"it is finished, but nothing says what stood in {table} then."
        for table in ("planning_forecast", "planning_forecastline", "planning_forecastfigure")
    ] + ["no act has written it."]


def test_what_is_taken_up_again_is_sealed_anew_when_it_is_finished_anew(
    forecast: Any, cast: SimpleNamespace, noon: datetime
) -> None:
    assert Seal.objects.filter(kind="forecast", record_id=forecast.pk).count() == 3
    forecasts.send_back(forecast, by=cast.chidi, at=noon, seen=forecast.version, comment="Check")
    assert Seal.objects.filter(kind="forecast", record_id=forecast.pk).count() == 1
    assert list(broken_seals(FORECAST)) == []


def test_whoever_has_the_database_only_writes_no_seal_that_fits(forecast: Any, settings: Any) -> None:
    settings.TRAIL_KEY = "another-key-0123456789-0123456789-0123456789"
    assert {sentence for _record, sentence in broken_seals(FORECAST)} == {
        f"a row of {table} was changed by no act."
        for table in ("planning_forecast", "planning_forecastline", "planning_forecastfigure")
    }


def test_a_seal_fits_nothing_but_what_it_stands_for(forecast: Any) -> None:
    with unguarded("planning_forecastline", "planning_forecastfigure"):
        ForecastFigure.objects.filter(line__forecast=forecast).delete()
        ForecastLine.objects.filter(forecast=forecast).delete()
    another = forecast.pk + 1
    seal_records(FORECAST, [another])
    for table in ("planning_forecastline", "planning_forecastfigure"):
        over_nothing = Seal.objects.get(record_id=another, table=table)
        Seal.objects.filter(record_id=forecast.pk, table=table).update(rows=0, digest=over_nothing.digest)
    assert [sentence for record, sentence in broken_seals(FORECAST) if record.pk == forecast.pk] == [
        "a row of planning_forecastline was changed by no act.",
        "a row of planning_forecastfigure was changed by no act.",
    ]


def test_what_was_finished_before_there_were_seals_is_sealed_once(forecast: Any) -> None:
    Seal.objects.all().delete()
    said = StringIO()
    call_command("seal_finished", stdout=said)
    assert (said.getvalue(), list(broken_seals(FORECAST))) == (
        f"Sealed: {Seal.objects.values('kind', 'record_id').distinct().count()}. What had a seal has kept it.\n",
        [],
    )
    with unguarded("planning_forecast"):
        change(forecast, {"money"})
    call_command("seal_finished", stdout=said)
    assert [sentence for _record, sentence in broken_seals(FORECAST)] == [
        "a row of planning_forecast was changed by no act."
    ]
