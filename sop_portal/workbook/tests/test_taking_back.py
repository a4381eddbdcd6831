"""A sheet is taken back exactly, with what it made on the side, as long as nothing rests on it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from budgets.models import Fund
from planning.forecasts.actions import publish_year
from planning.models import Actual, Pool, Project
from sop_portal.dashboards.checks.missing_rows import missing_rows
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Department, DepartmentName, Membership, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import change_department
from sop_portal.workbook.actions import bring, take_back
from sop_portal.workbook.models import BroughtSheet
from sop_portal.workbook.tests.books import ALL, DEPARTMENTS, FUNDS, PEOPLE, POOLS, PROJECTS, book, understood

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


def brought(w: SimpleNamespace, **sheets: object) -> list[BroughtSheet]:
    """Bring these sheets in."""
    return bring(understood(book(sheets), w.ada, w.at), by=w.ada, at=w.at)  # type: ignore[arg-type]


def rows() -> dict[str, list[object]]:
    """Everything a workbook can bring, as it stands in the tables."""
    return {
        "departments": list(Department.objects.order_by("pk").values("name", "slug", "is_active")),
        "names": list(DepartmentName.objects.values("name")),
        "people": list(User.objects.order_by("email").values("email", "name", "language", "is_active")),
        "roles": list(Membership.objects.order_by("pk").values("person__email", "role", "from_on", "until_on")),
        "pools": list(Pool.objects.order_by("name").values("name", "unit", "capacity", "rate", "paid_from__name")),
        "funds": list(Fund.objects.values("name", "is_restricted", "purpose", "amount", "starts_on", "ends_on")),
        "projects": list(Project.objects.order_by("name").values("name", "lead__email", "purpose", "importance")),
        "figures": list(Actual.objects.order_by("pk").values("slug", "year", "participants", "money")),
    }


def test_every_sheet_is_taken_back_to_what_stood_there_before(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    before = rows()
    sheets = bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    assert rows() != before
    for sheet in reversed(sheets):
        take_back(sheet, by=w.ada, at=w.at + LATER)
    assert rows() == before
    assert list(missing_rows()) == []


def test_what_a_second_file_changed_becomes_what_it_was(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    before = rows()
    second = {
        "Departments": [[*DEPARTMENTS[0], "Takes part"], ["Fine arts", "arts", "yes"], ["Reading", "reading", "no"]],
        "People and roles": [
            [*PEOPLE[0], "Language", "Until"],
            ["Ben B. Carter", "ben@example.net", "Project lead", "Fine arts", "简体中文", "2027-12-31"],
        ],
        "Pools": [POOLS[0], ["Staff hours", "People", "hours", 4800, 33, "Programme money"]],
        "Funding sources": [[*FUNDS[0], "From"], ["Friends", "yes", "Books", 50000, "2027-01-01"]],
        "Projects": [[*PROJECTS[0], "What it is for"], ["Fine arts", "Story hours", None, 5, "Stories"]],
    }
    sheets = bring(understood(book(second), w.ada, w.at), by=w.ada, at=w.at + LATER)
    assert [(one.sheet, one.rows) for one in sheets] == [
        ("departments", 2),
        ("people", 1),
        ("pools", 1),
        ("funds", 1),
        ("projects", 1),
    ]
    for sheet in reversed(sheets):
        take_back(sheet, by=w.ada, at=w.at + 2 * LATER)
    assert rows() == before


def test_what_something_rests_on_stays_with_the_whole_sheet_and_is_named(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    sheets = {one.sheet: one for one in bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)}
    before = rows()
    with pytest.raises(NotReady) as refused:
        take_back(sheets["departments"], by=w.ada, at=w.at + LATER)
    assert refused.value.missing == [
        "“Sports” stays, because something depends on it: Actual figures, Projects. Take out what depends on it first.",
        "“Arts” stays, because something depends on it: Actual figures, Memberships, Projects. "
        "Take out what depends on it first.",
    ]
    assert rows() == before


def test_projects_of_a_published_year_are_the_departments_and_stay(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    sheets = {one.sheet: one for one in bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)}
    publish_year(w.cycle, by=w.ada, at=w.at, seen=w.cycle.version)
    with pytest.raises(NotReady) as refused:
        take_back(sheets["projects"], by=w.ada, at=w.at + LATER)
    assert "The year 2027 is published" in refused.value.missing[0]


def test_what_was_changed_since_is_not_overwritten(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    brought(w, Departments=DEPARTMENTS)
    [second] = brought(w, Departments=[DEPARTMENTS[0], ["Fine arts", "arts"]])
    change_department(Department.objects.get(slug="arts"), name="Arts and crafts", by=w.ada, at=w.at + LATER)
    with pytest.raises(NotReady) as refused:
        take_back(second, by=w.ada, at=w.at + 2 * LATER)
    assert refused.value.missing == [
        "“Fine arts” was changed since. Change it back by hand, or leave it as it is.",
    ]


def test_a_sheet_is_taken_back_once(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    [sheet] = brought(w, Departments=DEPARTMENTS)
    take_back(sheet, by=w.ada, at=w.at + LATER)
    with pytest.raises(NotNow):
        take_back(sheet, by=w.ada, at=w.at + 2 * LATER)
    verbs = Entry.objects.filter(kind="workbook").order_by("position").values_list("verb", flat=True)
    assert list(verbs) == ["bring", "undo"]


def test_whoever_may_not_bring_a_sheet_does_not_take_it_back(
    empty_portal: SimpleNamespace, cast: SimpleNamespace
) -> None:
    w = empty_portal
    [sheet] = brought(w, Departments=[DEPARTMENTS[0], ["Dance", "dance"]])
    for name in ("omar", "amina", "farid"):
        with pytest.raises(NotYours):
            take_back(sheet, by=getattr(cast, name), at=w.at + LATER)
    take_back(sheet, by=cast.ada, at=w.at + LATER)
    assert not Department.objects.filter(slug="dance").exists()
