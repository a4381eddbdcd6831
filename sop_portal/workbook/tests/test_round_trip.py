"""What goes out as a workbook comes in again without difference, to the cent."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import translation
from python_calamine import CalamineWorkbook

from budgets.drafting.actions import confirm_plan
from budgets.models import Appropriation, Budget
from budgets.spending.actions import Payment, ask_exception, grant, post
from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Cycle
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.people.actions import Newcomer, let_in_first
from sop_portal.tests.cast import everybody
from sop_portal.tests.every_act import filled_year
from sop_portal.tests.small_year import AUGUST
from sop_portal.workbook.actions import bring
from sop_portal.workbook.read_only import EXPLANATION, TITLES
from sop_portal.workbook.sheets import SHEETS
from sop_portal.workbook.tests.books import understood
from sop_portal.workbook.writing.exporting import write_year

pytestmark = pytest.mark.django_db
NOW = AUGUST + timedelta(days=3)
READ_ONLY = [key for key in TITLES if key != EXPLANATION]


def exported(by: User) -> bytes:
    """The year 2027 as a workbook."""
    stream = BytesIO()
    write_year(stream, Cycle.objects.get(year=2027), Actor.of(by, NOW), NOW.date())
    return stream.getvalue()


def sheets_of(packed: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet that can be brought in, row by row, without what is there to be read."""
    book = CalamineWorkbook.from_filelike(BytesIO(packed))
    return {
        sheet.key: [
            [cell for cell, column in zip(row, sheet.columns, strict=True) if not column.is_locked]
            for row in book.get_sheet_by_name(str(sheet.title)).to_python()
        ]
        for sheet in SHEETS
    }


@pytest.fixture
def filled() -> bytes:
    """A whole year as a workbook; the portal it came from is gone again."""
    with transaction.atomic(), clock.at(NOW):
        arts = Department.objects.create(name="Arts", slug="arts")
        sports = Department.objects.create(name="Sports", slug="sports")
        cast = everybody(arts, sports)
        year = filled_year(cast)
        for amount, receipt in (("12.35", "K-7"), ("0.05", "")):
            spent = Payment(Decimal(amount), AUGUST.date(), "Paper", receipt)
            post(year.approved, spent, by=cast.dora, at=NOW)
        post_by_exception(year.approved, cast)
        packed = exported(cast.ada)
        transaction.set_rollback(True)
    return packed


def post_by_exception(line: Appropriation, cast: SimpleNamespace) -> None:
    """What was paid before the year began, because finance granted an exception."""
    early = Payment(Decimal("3.10"), line.cycle.starts_on - timedelta(days=3), "Deposit for the hall")
    exception = ask_exception(line, early, why="The hall was to be booked in June.", by=cast.ben, at=NOW)
    grant(exception, by=cast.dora, at=NOW, seen=exception.version)
    post(line, early, by=cast.dora, at=NOW, exception=exception)


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_year_that_went_out_comes_into_an_empty_portal_without_difference(filled: bytes, language: str) -> None:
    assert (User.objects.count(), Department.objects.count()) == (0, 0)
    before = sheets_of(filled)
    assert {key: len(rows) > 1 for key, rows in before.items()} == dict.fromkeys(before, True)
    ada = let_in_first(Newcomer("Ada Moreno", "ada@example.org"), at=NOW)
    create_cycle(year=2027, by=ada, at=NOW)
    with translation.override(language):
        whole(filled, ada, *(sheet.key for sheet in SHEETS if sheet.key != "expenses"))
        confirm_plan_of(ada)
        whole(filled, ada)
    assert sheets_of(exported(ada)) == before
    assert problems() == []


def whole(packed: bytes, by: User, *only: str) -> None:
    """Bring in all of a file, or some of its sheets; nothing is wrong with it or asked about it."""
    found = understood(packed, by, NOW, *only)
    assert [one["sentence"] for one in found.problems_as_json()] == []
    assert [question.sentence for _sheet, question in found.questions] == []
    bring(found, by=by, at=NOW)


def confirm_plan_of(ada: User) -> None:
    """Publish the year; a manager who came in with the file confirms its plan."""
    cycle = Cycle.objects.get(year=2027)
    publish_year(cycle, by=ada, at=NOW, seen=cycle.version)
    plan = Budget.objects.get()
    confirm_plan(plan, by=User.objects.get(email="emil@example.org"), at=NOW, seen=plan.version)


@pytest.mark.slow
def test_the_sheets_that_are_only_there_to_be_read_hold_the_year_and_are_never_brought_in(filled: bytes) -> None:
    ada = let_in_first(Newcomer("Ada Moreno", "ada@example.org"), at=NOW)
    book = CalamineWorkbook.from_filelike(BytesIO(filled))
    rows = {key: book.get_sheet_by_name(str(TITLES[key])).to_python() for key in READ_ONLY}
    assert {key: len(found) > 1 for key, found in rows.items()} == dict.fromkeys(READ_ONLY, True)
    decisions = [(row[1], row[5]) for row in rows["decisions"][1:]]
    assert ("Ada Moreno", "Publish the year") in decisions
    named = [problem.sentence for problem in understood(filled, ada, NOW).not_read]
    assert [f"Sheet “{TITLES[key]}” is there to be read, and is never brought in." for key in READ_ONLY] == named


def test_the_page_gives_the_year_to_those_who_see_all_of_it(
    cast: SimpleNamespace, as_person: Callable[[User], Client], noon: Any
) -> None:
    create_cycle(year=2027, by=cast.ada, at=noon)
    answers = {name: as_person(getattr(cast, name)).get("/2027/export/").status_code for name in ("omar", "amina")}
    assert answers == {"omar": 200, "amina": 403}


def test_addresses_and_roles_of_people_go_out_for_the_administrator_alone(
    cast: SimpleNamespace, as_person: Callable[[User], Client], noon: Any
) -> None:
    create_cycle(year=2027, by=cast.ada, at=noon)
    names = {}
    for name in ("ada", "omar"):
        packed = as_person(getattr(cast, name)).get("/2027/export/").content
        names[name] = CalamineWorkbook.from_filelike(BytesIO(packed)).sheet_names
    assert [("People and roles" in found) for found in names.values()] == [True, False]


def test_the_command_writes_a_year_and_never_over_a_file(empty_portal: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "year.xlsx"
    call_command("export_year", "2027", str(path), "--now", empty_portal.at.isoformat(), verbosity=0)
    assert CalamineWorkbook.from_path(str(path)).sheet_names[1] == "Departments"
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_year", "2027", str(path))
    with pytest.raises(CommandError, match="is not set up"):
        call_command("export_year", "2031", str(tmp_path / "other.xlsx"))
