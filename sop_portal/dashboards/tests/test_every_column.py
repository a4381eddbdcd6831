"""Every column of every table: a value that no act has written is found, or the column is named here, and why not."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField, Field, ForeignKey, GeneratedField, JSONField, Model

from budgets.drafting import actions as budgets
from budgets.models import Budget
from budgets.spending import actions as spending
from budgets.spending.actions.warnings import measure_year
from planning.cycles import actions as cycles
from planning.extensions import actions as extensions
from planning.forecasts import actions as forecasts
from planning.models import Cycle, Project
from planning.projects.actions import import_history, rename_project
from planning.projects.figures import HistoryRow
from sop_portal.dashboards.checks.invariants import CHECKS, kept, problems
from sop_portal.foundation.kit.closed_years import BELONGS_TO
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.workflow.seals import KEPT_ROWS, columns_of_seal, kept_rows, seal_rows
from sop_portal.handbook.actions import acknowledge
from sop_portal.handbook.models import Edition
from sop_portal.people.actions import (
    DayTerms,
    OrganisationTerms,
    add_department,
    change_department,
    delegate,
    set_days_off,
    set_organisation,
)
from sop_portal.people.terms import Term
from sop_portal.reminders.actions.schedule import set_schedule
from sop_portal.reminders.schedule import Plan
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import NOW
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import MARCH, small_year
from sop_portal.tests.without_constraints import unguarded
from sop_portal.workbook.models import BroughtSheet, SaidColumn

OURS = tuple(
    f"{app}_"
    for app in (
        *("planning", "budgets", "evaluations", "organisation", "trail", "notices", "workflow", "handbook"),
        *("reminders", "workbook", "papers", "sign_in", "operations"),
    )
)
DEFERRED = {"sqlite": "PRAGMA defer_foreign_keys = ON", "postgresql": "SET CONSTRAINTS ALL DEFERRED"}
TOLD = "what people are told comes and goes; the record it tells of says the same"
# No figure: it makes whoever saw an older one look again.
TOKEN = "version"
SWEEPS = "what the portal's own sweeps have done, so that they do it once"
DOOR = "how people come in, which decides on no record"
OWN = "a person's own, which decides on nothing"
# What is held against nothing, by table or by column, and why it need not be.
LEFT_OUT: dict[str, str] = {
    "notices_notice": TOLD,
    "notices_mail": TOLD,
    "notices_preference": OWN,
    "notices_sender": SWEEPS,
    "reminders_reminder": SWEEPS,
    "reminders_calendarfeed": OWN,
    "organisation_usedkey": "which forms were carried out, so that each is once",
    "organisation_firstcode": "the code that lets the first administrator in: a hash, used once",
    "organisation_user.password": OWN,
    "organisation_user.last_login": OWN,
    "organisation_user.language": OWN,
    "organisation_user.theme": OWN,
    "organisation_user.joined_at": OWN,
    "organisation_user.invited_at": OWN,
    "organisation_organisation.days_ahead": "how far the day of a demonstration was moved",
    "trail_verification": "when the trail was checked last, for whoever looks after it",
    "budgets_measuredyear": SWEEPS,
    "reminders_lastsweep": SWEEPS,
    "operations_backup": SWEEPS,
    "notices_restoration": SWEEPS,
    "papers_paperspace": SWEEPS,
    "papers_waitingpaper": "a file that is on no record yet",
    "papers_storedfile": "a file is held against the hash that its paper keeps",
    "sign_in_addresschange": DOOR,
    "sign_in_invitation": DOOR,
    "sign_in_securityevent": DOOR,
    "sign_in_factorduty": DOOR,
    "sign_in_factorrecovery": DOOR,
    "budgets_linewarning.raised_at": SWEEPS,
    "budgets_linewarning.told_at": SWEEPS,
    "budgets_linewarning.ended_at": SWEEPS,
}


def row(department: str, project: str, year: int, money: str) -> HistoryRow:
    return HistoryRow.of(department, project, year, {"money": Decimal(money)}, 2)


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year, gone on by acts until every table has a row that is finished and one that is not."""
    add_department(name="Music", by=cast.ada, at=MARCH)
    found = small_year(cast)
    by, arts, cycle = cast.ada, found.arts.department, found.cycle
    terms = OrganisationTerms("Libraries", "en", "America/New_York", "USD", 1, 7)
    set_organisation(terms, by=by, at=NOW)
    set_days_off(2027, [DayTerms(date(2027, 12, 25), "Christmas")], by=by, at=NOW)
    past = [row("Arts", "Chess", 2024, "500"), row("Arts", "Chess", 2025, "700")]
    import_history(past, file_name="a.csv", by=by, at=NOW)
    import_history([row("Arts", "Chess", 2025, "800")], file_name="b.csv", replace=True, by=by, at=NOW)
    change_department(arts, name="Fine arts", by=by, at=NOW)
    delegate(giver=cast.amina, deputy=cast.ben, role="", term=Term(NOW.date(), NOW.date()), by=cast.amina, at=NOW)
    acknowledge(Edition.objects.get(), by=cast.amina, at=NOW)
    set_schedule(cycle, Plan(True, (7,), (1,), 7, (3,)), by=by, at=NOW, seen=Cycle.objects.get(pk=cycle.pk).version)
    due = cycle.windows.get(stage="evaluation").due_on
    more = cycles.MoreTime("evaluation", arts, due + timedelta(days=5), "Illness")
    extensions.ask(cycle, more, by=cast.amina, at=NOW)
    cycles.extend(cycle, more, by=cast.emil, at=NOW)
    forecasts.start_report(cycle, by=cast.chidi, at=NOW, reason="One more")
    project = Project.objects.get(department=arts, state="active")
    side = found.arts
    project = rename_project(project, name="Summer fair", by=cast.amina, at=NOW, seen=project.version)
    side.take(spending.hold, project, cast.amina, NOW, comment="Flooded")
    budget = Budget.objects.get()
    budgets.amend(budget, reason="More paper", by=cast.dora, at=NOW)
    measure_year(cycle, at=NOW)
    ahead = cycles.create_cycle(year=2028, plan=cycles.YearPlan(), by=by, at=NOW)
    forecasts.publish_year(ahead, by=by, at=NOW, seen=1)
    brought = BroughtSheet.objects.create(file_name="a.xlsx", sheet="pools", at=NOW, by=by, rows=1, did=[1])
    said = SaidColumn.objects.create(sheet="pools", called="Art", column="kind")
    seal_rows("workbook", [brought.pk])
    seal_rows("said-column", [said.pk])
    return SimpleNamespace(cast=cast, cycle=cycle)


def tables() -> list[type[Model]]:
    """Every table of the portal."""
    return [model for model in apps.get_models() if model._meta.db_table.startswith(OURS)]


def sealed_columns() -> set[tuple[str, str]]:
    """Every column that each act seals: of records whatever their state, and of rows of their own kind."""
    parts = [*(rows for kept in KEPT_ROWS.values() for rows in kept)]
    parts += [rows for workflow in ALL_WORKFLOWS for rows in kept_rows(workflow)]
    return {(rows.table, column) for rows in parts for column in columns_of_seal(rows)}


def columns_of(model: type[Model]) -> "list[Field[Any, Any]]":
    """The columns of a table that no seal covers and that are not left out."""
    table, sealed = model._meta.db_table, sealed_columns()
    fields = [f for f in model._meta.concrete_fields if not (f.primary_key or isinstance(f, GeneratedField))]
    open_fields = [f for f in fields if f.name != TOKEN and (table, f.attname) not in sealed]
    return [f for f in open_fields if not {table, f"{table}.{f.name}"} & LEFT_OUT.keys()]


def state_of(row: Model) -> str:
    """The state of a row, or of what it belongs to."""
    if hasattr(row, "state"):
        return str(row.state)
    column, _parent = BELONGS_TO.get(row._meta.db_table, ("", ""))
    parent = getattr(row, column.removesuffix("_id"), None) if column else None
    return state_of(parent) if parent is not None else ""


def one_of_each_state(model: type[Model]) -> list[Model]:
    rows = {state_of(row): row for row in model._default_manager.order_by("-pk")}
    return list(rows.values())


def others(row: Model, field: "Field[Any, Any]") -> Iterator[Any]:
    """Other values that the column of a row could hold."""
    value = getattr(row, field.attname)
    if isinstance(field, ForeignKey):
        keys = field.related_model._default_manager.order_by("pk").values_list(field.target_field.attname, flat=True)
        yield from keys.exclude(pk=value)[:5] if value is not None else keys[:5]
        if field.null and value is not None:
            yield None
    elif isinstance(field, JSONField):
        yield [*value, 1] if isinstance(value, list) else {"other": 1}
    elif field.name == "time_zone":
        yield "Europe/London"
    elif field.choices:
        yield from (choice for choice, _label in field.flatchoices if choice != value)
    elif isinstance(field, BooleanField):
        yield not value
    elif isinstance(value, datetime | date):
        yield value + timedelta(days=1)
    elif isinstance(value, int | Decimal):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value}x"[-(field.max_length or 100) :]
    else:
        kind = field.get_internal_type()
        other = {"DateTimeField": datetime(2027, 8, 1, 12).astimezone(), "DateField": date(2027, 8, 1)}
        yield (other | {"BinaryField": b"other"}).get(kind, 7)


def is_found() -> bool:
    seals_first = (kept, *(check for check in CHECKS if check is not kept))
    return any(True for check in seals_first for _problem in check()) or bool(verify())


def write(row: Model, field: "Field[Any, Any]", value: Any) -> None:
    name, stored = connection.ops.quote_name(field.column), field.get_db_prep_save(value, connection)
    with connection.cursor() as cursor:
        key = row._meta.pk.column
        cursor.execute(f"UPDATE {row._meta.db_table} SET {name} = %s WHERE {key} = %s", [stored, row.pk])


def found_after(change: Any) -> bool | None:
    """Whether a change is found; None where the database itself does not take it. It is taken back at once."""
    try:
        with transaction.atomic():
            change()
            found = is_found()
            transaction.set_rollback(True)
    except IntegrityError:
        return None
    return found


def missed(row: Model, field: "Field[Any, Any]") -> bool:
    for value in others(row, field):
        found = found_after(lambda value=value: write(row, field, value))
        if found is not None:
            return not found
    return False


def test_nothing_is_found_before_a_value_is_changed(year: SimpleNamespace) -> None:
    assert problems() == []


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.db_table)
def test_a_value_that_no_act_has_written_is_found(year: SimpleNamespace, model: type[Model]) -> None:
    with unguarded(*(table._meta.db_table for table in tables())):
        not_found = [
            f"{model._meta.db_table}.{field.name} ({state_of(row)})"
            for row in one_of_each_state(model)
            for field in columns_of(model)
            if missed(row, field)
        ]
    assert not_found == []


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.db_table)
def test_a_row_that_no_act_took_out_or_added_is_found(year: SimpleNamespace, model: type[Model]) -> None:
    table = model._meta.db_table
    if table in LEFT_OUT:
        pytest.skip(LEFT_OUT[table])
    rows = one_of_each_state(model)
    if not rows and table in {*(sealed for sealed, _column in sealed_columns()), *BELONGS_TO}:
        pytest.skip("None was made here; every row of it is sealed, as test_seals tries.")
    assert rows != [], "Make one in the year above."
    with unguarded(*(table._meta.db_table for table in tables())):
        gone = [state_of(row) for row in rows if found_after(lambda row=row: take_out(row)) is False]
        added = [state_of(row) for row in rows if found_after(lambda row=row: add_another(row)) is False]
    assert (gone, added) == ([], [])


def take_out(row: Model) -> None:
    """Delete a row and nothing of what rests on it."""
    with connection.cursor() as cursor:
        cursor.execute(DEFERRED[connection.vendor])
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE {row._meta.pk.column} = %s", [row.pk])


def add_another(row: Model) -> None:
    """Write a row once more, under another key."""
    copied = [f for f in row._meta.concrete_fields if not (f.primary_key or isinstance(f, GeneratedField))]
    names = ", ".join(connection.ops.quote_name(f.column) for f in copied)
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in copied]
    for field, value in zip(copied, list(values), strict=True):
        if field.unique and isinstance(value, str):
            values[copied.index(field)] = f"{value}x"
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({places})", values)


def test_what_is_left_out_is_there() -> None:
    known = {table._meta.db_table for table in tables()}
    known |= {f"{table._meta.db_table}.{field.name}" for table in tables() for field in table._meta.concrete_fields}
    assert set(LEFT_OUT) - known == set()
