"""Whoever changed the own mail address is the same person in a file that still has the old one."""

from types import SimpleNamespace

import pytest

from planning.models import Project
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.sign_in import actions as sign_in
from sop_portal.sign_in.actions import Origin
from sop_portal.workbook.actions import bring
from sop_portal.workbook.tests.books import Rows, book, understood

pytestmark = pytest.mark.django_db
OLD, NEW = "amina@example.org", "amina@new.example"
DEPARTMENTS: Rows = [["Department"], ["Arts"]]
PEOPLE: Rows = [["Name", "E-mail address", "Role", "Department"], ["Amina Diallo", OLD, "Department head", "Arts"]]
PROJECTS: Rows = [["Department", "Project", "Project lead", "Year"], ["Arts", "Chess", OLD, 2027]]


@pytest.fixture
def moved(empty_portal: SimpleNamespace) -> SimpleNamespace:
    """Amina came with a file, and has another address since."""
    w = empty_portal
    bring(understood(book({"Departments": DEPARTMENTS, "People and roles": PEOPLE}), w.ada, w.at), by=w.ada, at=w.at)
    amina = User.objects.get(email=OLD)
    asked = sign_in.ask_address(amina, NEW, at=w.at, origin=Origin())
    sign_in.confirm_address(asked, amina, at=w.at, origin=Origin())
    return w


def test_the_file_from_before_adds_nobody(moved: SimpleNamespace) -> None:
    w = moved
    found = understood(book({"Departments": DEPARTMENTS, "People and roles": PEOPLE}), w.ada, w.at)
    assert {value.state for sheet in found.sheets for value in sheet.values(most=99)} == {"same"}
    bring(found, by=w.ada, at=w.at)
    assert list(User.objects.filter(name="Amina Diallo").values_list("email", flat=True)) == [NEW]
    assert Membership.objects.filter(person__name="Amina Diallo").count() == 1


def test_an_address_that_somebody_else_has_now_is_theirs(moved: SimpleNamespace) -> None:
    w = moved
    User.objects.create_user(email=OLD, name="Amina Dial")
    found = understood(book({"People and roles": [PEOPLE[0], ["Amina Dial", OLD, "Finance", ""]]}), w.ada, w.at)
    bring(found, by=w.ada, at=w.at)
    assert Membership.objects.get(person__email=OLD).role == "finance"
    assert [one.role for one in Membership.objects.filter(person__email=NEW)] == ["head"]


def test_a_project_is_led_by_whoever_had_the_address(moved: SimpleNamespace) -> None:
    w = moved
    found = understood(book({"Departments": DEPARTMENTS, "Projects": PROJECTS}), w.ada, w.at)
    assert found.problems_as_json() == []
    bring(found, by=w.ada, at=w.at)
    lead = Project.objects.get(name="Chess").lead
    assert lead is not None
    assert lead.email == NEW
