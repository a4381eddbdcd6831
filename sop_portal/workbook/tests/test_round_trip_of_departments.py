"""A year in which a department was renamed, one merged and a project cancelled goes out and comes in again."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from python_calamine import CalamineWorkbook

from budgets.spending.actions.projects import cancel
from planning.cycles.actions import create_cycle
from planning.models import Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.handover.actions import merge
from sop_portal.people import actions as people
from sop_portal.people.actions import Newcomer, change_department, let_in_first
from sop_portal.people.terms import Term
from sop_portal.tests.cast import everybody
from sop_portal.tests.every_act import filled_year
from sop_portal.workbook.actions import bring, take_back
from sop_portal.workbook.models import BroughtSheet
from sop_portal.workbook.sheets import SHEETS
from sop_portal.workbook.tests.books import Rows, book, said_by_command, understood
from sop_portal.workbook.tests.test_round_trip import NOW, confirm_plan_of, exported, sheets_of, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved() -> bytes:
    """The year as a workbook: Arts was called Fine arts, Sports became part of it, Garden ended, a project too."""
    with transaction.atomic(), clock.at(NOW):
        arts = Department.objects.create(name="Fine arts", slug="arts")
        sports = Department.objects.create(name="Sports", slug="sports")
        cast = everybody(arts, sports)
        filled_year(cast)
        running = Project.objects.filter(department=arts, state="active").order_by("pk")[0]
        cancel(running, by=cast.amina, at=NOW, seen=running.version, comment="No hall")
        change_department(arts, name="Arts", by=cast.ada, at=NOW)
        garden = people.add_department(name="Garden", by=cast.ada, at=NOW)
        ended = Term(NOW.date() - timedelta(days=30), NOW.date() - timedelta(days=10))
        people.give_role(cast.ben, role="lead", term=ended, department=garden, by=cast.ada, at=NOW)
        change_department(garden, is_active=False, by=cast.ada, at=NOW)
        merge(sports, arts, by=cast.ada, at=NOW)
        packed = exported(cast.ada)
        transaction.set_rollback(True)
    return packed


def departments() -> list[tuple[object, ...]]:
    """Every department: what it is called and was called, whether it takes part, and what it became part of."""
    return [
        (one.name, [former.name for former in one.former_names.all()], one.is_active, str(one.merged_into or ""))
        for one in Department.objects.order_by("name")
    ]


AFTER = [("Arts", ["Fine arts"], True, ""), ("Garden", [], False, ""), ("Sports", [], False, "Arts")]


@pytest.mark.slow
def test_a_year_with_a_rename_a_merger_and_an_end_comes_in_whole(moved: bytes) -> None:
    before = sheets_of(moved)
    ada = let_in_first(Newcomer("Ada Moreno", "ada@example.org"), at=NOW)
    create_cycle(year=2027, by=ada, at=NOW)
    whole(moved, ada, *(sheet.key for sheet in SHEETS if sheet.key != "expenses"))
    assert departments() == AFTER
    confirm_plan_of(ada)
    whole(moved, ada)
    assert sheets_of(exported(ada)) == before
    assert problems() == []


@pytest.mark.slow
def test_how_far_a_project_is_goes_out_to_be_read(moved: bytes) -> None:
    header, *rows = CalamineWorkbook.from_filelike(BytesIO(moved)).get_sheet_by_name("Projects").to_python()
    assert header[-1] == "State"
    assert [(row[0], row[-1]) for row in rows].count(("Arts", "Cancelled")) == 1


@pytest.mark.slow
def test_what_came_in_of_a_merger_and_an_end_is_taken_back_exactly(moved: bytes) -> None:
    ada = let_in_first(Newcomer("Ada Moreno", "ada@example.org"), at=NOW)
    create_cycle(year=2027, by=ada, at=NOW)
    whole(moved, ada, "departments", "people", "projects")
    for sheet in BroughtSheet.objects.order_by("-pk"):
        take_back(sheet, by=ada, at=NOW)
    assert (departments(), User.objects.count(), Project.objects.count()) == ([], 1, 0)


def test_all_that_is_wrong_with_a_file_is_said_in_one_go(empty_portal: object, tmp_path: Path) -> None:
    ada = empty_portal.ada  # type: ignore[attr-defined]
    garden = people.add_department(name="Garden", by=ada, at=empty_portal.at)  # type: ignore[attr-defined]
    change_department(garden, is_active=False, by=ada, at=empty_portal.at)  # type: ignore[attr-defined]
    path = tmp_path / "year.xlsx"
    path.write_bytes(
        book(
            {
                "Departments": [["Department", "Became part of"], ["Arts", "Nobody"], ["Reading", None]],
                "People and roles": [
                    ["Name", "E-mail address", "Role", "Department"],
                    ["Amina Diallo", "amina@example.net", "Department head", "Garden"],
                    ["Ben Carter", "ben@example", "Department head", "Reading"],
                ],
                "Projects": [["Department", "Project"], ["Garden", "Roses"], ["Reading", "Story hours"]],
            }
        )
    )
    code, said = said_by_command(path, "--check", "--by", ada.email)
    assert (code, [(one["sheet"], one["cell"]) for one in said["problems"]]) == (
        1,
        [("Departments", "B2"), ("People and roles", "B3"), ("People and roles", "A2"), ("Projects", "A2")],
    )


def test_a_department_of_the_portal_is_merged_on_its_own_page(empty_portal: object) -> None:
    ada, at = empty_portal.ada, empty_portal.at  # type: ignore[attr-defined]
    people.add_department(name="Arts", by=ada, at=at)
    people.add_department(name="Sports", by=ada, at=at)
    rows: Rows = [
        ["Department", "Takes part", "Became part of"],
        ["Sports", "no", "Arts"],
        ["Dance", "yes", "Arts"],
        ["Music", None, "Music"],
    ]
    found = understood(book({"Departments": rows}), ada, at)
    assert [one["sentence"] for one in found.problems_as_json()] == [
        "Row 2, column Became part of: Sports is in the portal already. "
        "Let it become part of another one on its own page, and leave this cell blank.",
        "Row 3, column Became part of: a department that became part of another no longer takes part. "
        "Write no under “Takes part”, or leave this cell blank.",
        "Row 4, column Became part of: “Music” is no other department of the portal or the file. "
        "Correct the name, or leave the cell blank.",
    ]


def test_former_names_are_added_and_never_taken_away_by_an_older_file(empty_portal: object) -> None:
    ada, at = empty_portal.ada, empty_portal.at  # type: ignore[attr-defined]
    rows = [["Department", "Short name", "Former names"], ["Arts", "arts", "Painting\nFine arts"]]
    bring(understood(book({"Departments": rows}), ada, at), by=ada, at=at)
    arts = Department.objects.get()
    change_department(arts, name="Culture", by=ada, at=at + timedelta(days=1))
    older = understood(book({"Departments": [rows[0], ["Arts", None, "Fine arts"]]}), ada, at)
    assert (older.is_ready, older.has_changes) == (True, False)
    assert sorted(arts.former_names.values_list("name", flat=True)) == ["Arts", "Fine arts", "Painting"]
    assert date(2026, 11, 30) == arts.former_names.get(name="Painting").until_on
