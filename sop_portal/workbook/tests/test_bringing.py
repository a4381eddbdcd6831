"""A whole workbook, or one of its sheets, brought into an empty portal."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from budgets.models import Fund
from planning.models import Actual, Pool, Project
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.workbook.actions import NotTaken, bring
from sop_portal.workbook.models import BroughtSheet
from sop_portal.workbook.tests.books import ALL, DEPARTMENTS, PEOPLE, Rows, book, said_by_command, text, understood

pytestmark = pytest.mark.django_db


def test_a_whole_workbook_fills_an_empty_portal(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    found = understood(book(ALL), w.ada, w.at)
    assert [sheet.problems for sheet in found.sheets] == [[], [], [], [], [], []]
    assert found.questions == []
    brought = bring(found, by=w.ada, at=w.at)
    assert [(one.sheet, one.rows) for one in brought] == [
        ("departments", 3),
        ("people", 5),
        ("pools", 2),
        ("funds", 2),
        ("projects", 2),
        ("figures", 3),
    ]
    assert list(Department.objects.values_list("name", "slug")) == [
        ("Arts", "arts"),
        ("Reading", "reading"),
        ("Sports", "sports"),
    ]
    held = Membership.objects.exclude(person=w.ada).order_by("person__name")
    assert list(held.values_list("person__email", "role", "department__name", "from_on")) == [
        ("amina@example.net", "head", "Arts", date(2026, 11, 30)),
        ("ben@example.net", "lead", "Arts", date(2026, 11, 30)),
        ("chidi@example.net", "resource", None, date(2026, 11, 30)),
        ("dora@example.net", "finance", None, date(2026, 11, 30)),
        ("emil@example.net", "management", None, date(2026, 11, 30)),
    ]
    assert list(Pool.objects.values_list("name", "capacity", "rate", "paid_from__name")) == [
        ("Programme money", 180000, None, None),
        ("Staff hours", 5200, Decimal("31.5"), "Programme money"),
    ]
    assert list(Fund.objects.values_list("name", "is_restricted", "amount")) == [
        ("City", False, None),
        ("Friends", True, 40000),
    ]
    assert list(Project.objects.order_by("name").values_list("name", "lead__email", "importance", "cycle__year")) == [
        ("Story hours", "ben@example.net", 4, 2027),
        ("Swimming", None, 3, 2027),
    ]
    assert list(Actual.objects.order_by("department__name", "year").values_list("year", "participants", "money")) == [
        (2024, 1200, Decimal("3200.5")),
        (2025, 1350, 3400),
        (2025, 400, 900),
    ]


def test_people_who_are_brought_in_are_not_written_to(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    assert (Mail.objects.count(), User.objects.filter(invited_at=None).count()) == (0, 5)


def test_brought_again_nothing_is_new_and_nothing_is_written(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    again = understood(book(ALL), w.ada, w.at)
    assert [(sheet.counts()["new"], sheet.counts()["changed"]) for sheet in again.sheets] == [(0, 0)] * 6
    assert bring(again, by=w.ada, at=w.at) == []


def test_after_a_correction_only_the_corrected_row_changes(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    corrected = [list(row) for row in PEOPLE]
    corrected[2][0] = "Benjamin Carter"
    brought = bring(understood(book(ALL | {"People and roles": corrected}), w.ada, w.at), by=w.ada, at=w.at)
    assert [(one.sheet, one.rows) for one in brought] == [("people", 1)]
    assert User.objects.get(email="ben@example.net").name == "Benjamin Carter"


def test_a_department_keeps_its_row_when_its_name_changes_beside_its_short_name(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    renamed = [["Department", "Short name"], ["Fine arts", "arts"]]
    people = [PEOPLE[0], ["Amina Diallo", "amina@example.net", "Department head", "Fine arts"]]
    found = understood(book({"Departments": renamed, "People and roles": people}), w.ada, w.at)
    assert [sheet.counts() for sheet in found.sheets] == [
        {"new": 0, "changed": 1, "same": 1},
        {"new": 0, "changed": 0, "same": 4},
    ]
    bring(found, by=w.ada, at=w.at)
    assert Department.objects.get(slug="arts").name == "Fine arts"


def test_a_row_under_a_former_name_speaks_of_the_department_as_it_is_called_now(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    bring(understood(book({"Departments": [DEPARTMENTS[0], ["Fine arts", "arts"]]}), w.ada, w.at), by=w.ada, at=w.at)
    again = understood(book({"Departments": [DEPARTMENTS[0], ["Arts", None]]}), w.ada, w.at)
    assert again.sheets[0].counts() == {"new": 0, "changed": 0, "same": 1}


def test_one_row_that_its_act_refuses_leaves_nothing_of_the_file(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    funds = [["Funding source", "Restricted"], ["Friends", "yes"]]
    found = understood(book({"Departments": DEPARTMENTS, "Funding sources": funds}), w.ada, w.at)
    with pytest.raises(NotTaken) as refused:
        bring(found, by=w.ada, at=w.at)
    told = [sheet.problem_as_json(problem) for sheet, problem in refused.value.refused]
    assert [(one["sheet"], one["cell"]) for one in told] == [("Funding sources", "A2")]
    assert told[0]["sentence"].startswith("Row 2: The funding source cannot be like this.")
    assert (Department.objects.count(), BroughtSheet.objects.count()) == (0, 0)


def test_checking_writes_nothing_and_finds_what_an_act_would_refuse(
    empty_portal: SimpleNamespace, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book(ALL))
    code, said = said_by_command(path, "--check", "--now", empty_portal.at.isoformat())
    assert (code, said["written"], said["problems"], said["questions"]) == (0, False, [], [])
    assert [(one["key"], one["rows"]) for one in said["sheets"]] == [
        ("departments", 3),
        ("people", 5),
        ("pools", 2),
        ("funds", 2),
        ("projects", 2),
        ("figures", 3),
    ]
    assert (Department.objects.count(), BroughtSheet.objects.count()) == (0, 0)
    path.write_bytes(book({"Funding sources": [["Funding source", "Restricted"], ["Friends", "yes"]]}))
    code, said = said_by_command(path, "--check", "--now", empty_portal.at.isoformat())
    assert (code, [one["cell"] for one in said["problems"]], Fund.objects.count()) == (1, ["A2"], 0)


def test_the_command_brings_one_sheet_and_names_the_others(empty_portal: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book(ALL | {"Notes": [["What I think"], ["Much"]]}))
    code, said = said_by_command(path, "--sheet", "departments", "--now", empty_portal.at.isoformat())
    assert (code, said["written"], Department.objects.count(), User.objects.count()) == (0, True, 3, 1)
    left = [one["sentence"] for one in said["warnings"]]
    assert "Sheet “Pools” is not read, because it was not asked for." in left
    assert "Sheet “Notes” is not read: its columns are none of those the portal knows." in left


def test_a_text_table_is_brought_in_like_a_sheet(empty_portal: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(text([["姓名", "邮箱", "角色"], ["陈静", "chen@example.net", "资源管理团队"]], ";"))
    code, said = said_by_command(path, "--now", empty_portal.at.isoformat())
    assert (code, said["problems"]) == (0, [])
    assert Membership.objects.filter(role="resource").get().person.name == "陈静"


def test_a_file_that_cannot_be_read_is_refused_with_its_own_code(empty_portal: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 something")
    with pytest.raises(CommandError) as refused:
        call_command("bring", str(path))
    assert refused.value.returncode == 2


def test_a_pool_that_was_paid_for_gets_a_rate_and_the_other_way_round(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    header = ["Resource", "Kind", "Unit", "Capacity", "Cost of one unit", "Paid from", "Already paid for"]
    money, hours = ["Money", "Money", "USD", 9000, None, None, None], ["Hours", "People", "hours", 50]
    steps = [(None, None, "yes"), (31, "Money", None), (None, None, "是")]
    seen: list[object] = []
    for terms in steps:
        found = understood(book({"Pools": [header, money, [*hours, *terms]]}), w.ada, w.at)
        bring(found, by=w.ada, at=w.at)
        seen += Pool.objects.filter(name="Hours").values_list("rate", "paid_from__name", "is_paid_for")
    assert seen == [(None, None, True), (31, "Money", False), (None, None, True)]


def test_quarters_of_past_years_are_added_up_and_shown_as_they_were_typed(empty_portal: SimpleNamespace) -> None:
    rows: Rows = [["Department", "Program", "Year", "Q1", "Q2", "Q3", "Q4"], ["Arts", "Choir", 2023, 1.5, 2, 3, 4]]
    answers = {"figures.measure": "money", "figures.new-departments": "add"}
    asked = understood(book({"Our results": rows}), empty_portal.ada, empty_portal.at)
    assert [question.key for _sheet, question in asked.questions] == ["figures.measure"]
    [sheet] = understood(book({"Our results": rows}), empty_portal.ada, empty_portal.at, answers=answers).sheets
    assert [(one.cell, one.typed, one.understood) for one in sheet.values(most=5)] == [
        ("D2", "1.5 + 2 + 3 + 4", "10.50")
    ]
