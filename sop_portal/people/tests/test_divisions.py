"""Divisions group departments and sum what they do; nothing is owed by them."""

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.tests.running_year import active_project, running_cycle
from planning.models import Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import add_department, change_department
from sop_portal.tests.page_text import hidden, words_of
from sop_portal.workbook.actions import bring, take_back
from sop_portal.workbook.tests.books import book, understood

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
ROWS = [["Department", "Short name", "Division"], ["Arts", "arts", "Culture"], ["Dance", "dance", "culture"]]


def divisions() -> dict[str, str]:
    """The division of every department."""
    return dict(Department.objects.values_list("name", "division"))


def test_a_department_belongs_to_one_division_or_to_none(
    cast: SimpleNamespace, arts: Department, as_person: Browser
) -> None:
    browser = as_person(cast.ada)
    url = "/set-up/departments/arts/"
    typed = {"name": "Arts", "division": "Culture", "is_active": "on"}
    fields = {**typed, "held": hidden(browser.get(url), "held"), "key": str(uuid.uuid4())}
    assert browser.post(f"{url}change/", fields).status_code == 302
    assert "Arts Culture" in words_of(browser.get("/set-up/departments/"))
    assert [c["new"] for c in Entry.objects.filter(verb="change-department").latest("position").changes] == ["Culture"]
    again = {"division": "", "held": hidden(browser.get(url), "held"), "key": str(uuid.uuid4())}
    browser.post(f"{url}change/", fields | again)
    assert divisions()["Arts"] == ""


def test_a_division_is_called_as_it_was_called_first(cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    change_department(arts, division="Culture", by=cast.ada, at=noon)
    add_department(name="Dance", division=" CULTURE ", by=cast.ada, at=noon)
    assert divisions() | {"Sports": ""} == {"Arts": "Culture", "Dance": "Culture", "Sports": ""}
    assert problems() == []


def test_divisions_come_in_with_the_workbook_and_are_taken_back(
    cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    [sheet] = bring(understood(book({"Departments": ROWS}), cast.ada, noon), by=cast.ada, at=noon)
    assert (divisions()["Arts"], divisions()["Dance"]) == ("Culture", "Culture")
    take_back(sheet, by=cast.ada, at=noon)
    assert ("Dance" in divisions(), divisions()["Arts"]) == (False, "")


def test_the_dashboard_sums_the_money_of_each_division(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime, as_person: Browser
) -> None:
    cycle = running_cycle(cast.ada)
    for department, name, needed in ((arts, "Films", 1200), (sports, "League", 300)):
        project = active_project(cycle, department, None, name)
        Project.objects.filter(pk=project.pk).update(needed=Decimal(needed))
    dashboard = f"/{cycle.year}/dashboard/"
    assert "Money by division" not in words_of(as_person(cast.emil).get(dashboard))
    change_department(arts, division="Culture", by=cast.ada, at=noon)
    page = words_of(as_person(cast.emil).get(dashboard))
    assert "Culture 1 1,200 – – – – Without a division 1 300 – – – –" in page
