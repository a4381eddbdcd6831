"""The role of a programme manager: given in a division, by hand and with the workbook."""

import uuid
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, Division, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.people.actions import add_department, change_department, give_role
from sop_portal.people.terms import Term
from sop_portal.tests.cast import programme_manager
from sop_portal.tests.page_text import words_of
from sop_portal.workbook.actions import bring, take_back
from sop_portal.workbook.tests.books import book, understood

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def pia(cast: SimpleNamespace, arts: Department) -> User:
    """Programme manager of the division to which Arts belongs."""
    return programme_manager("Stage", arts)


def test_a_department_that_joins_or_leaves_the_division_is_there_or_not_with_the_next_request(
    pia: User, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    change_department(sports, division="Stage", by=cast.ada, at=noon)
    both = Actor.of(pia, noon).department_ids
    change_department(arts, division="", by=cast.ada, at=noon)
    assert (both, Actor.of(pia, noon).department_ids) == ({arts.pk, sports.pk}, {sports.pk})


def test_a_role_in_a_division_is_given_on_the_page_of_a_person(
    pia: User, cast: SimpleNamespace, as_person: Browser, arts: Department
) -> None:
    browser, page = as_person(cast.ada), f"/set-up/people/{cast.farid.pk}/"
    typed = {"key": str(uuid.uuid4()), "role-role": "programme", "role-from_on": "2027-03-12"}
    refused = browser.post(f"{page}role/", typed | {"role-department": str(arts.pk)})
    assert (refused.status_code, "a programme manager to a division" in words_of(refused)) == (422, True)
    given = browser.post(f"{page}role/", typed | {"key": str(uuid.uuid4()), "role-division": "Stage"})
    assert (given.status_code, Membership.objects.get(person=cast.farid).division) == (302, "Stage")
    assert "Programme manager Stage" in words_of(browser.get(page))


def test_without_divisions_nobody_is_offered_the_role(cast: SimpleNamespace, as_person: Browser) -> None:
    assert "Programme manager" not in words_of(as_person(cast.ada).get(f"/set-up/people/{cast.farid.pk}/"))


def test_a_division_is_not_emptied_under_its_programme_manager(
    pia: User, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    with pytest.raises(NotReady, match="last department of Stage"):
        change_department(arts, division="Field", by=cast.ada, at=noon)
    add_department(name="Dance", division="Stage", by=cast.ada, at=noon)
    assert change_department(arts, division="Field", by=cast.ada, at=noon).division == "Field"


def test_a_division_that_nobody_knows_has_no_programme_manager(cast: SimpleNamespace, noon: datetime) -> None:
    said = {"role": Role.PROGRAMME.value, "term": Term(noon.date()), "by": cast.ada, "at": noon}
    with pytest.raises(NotReady, match="No department belongs to the division"):
        give_role(cast.farid, department=Division("Field"), **said)
    with pytest.raises(NotReady, match="a programme manager to a division"):
        give_role(cast.farid, **said)


HEADER = ["Name", "E-mail address", "Role", "Department", "Division", "From"]
GITA = ["Gita Rao", "gita@example.org", "Programme manager", None, " stage ", "2027-03-12"]


def test_programme_managers_come_in_with_the_workbook_and_are_taken_back(
    pia: User, cast: SimpleNamespace, noon: datetime
) -> None:
    file = book({"People and roles": [HEADER, GITA]})
    (batch,) = bring(understood(file, cast.ada, noon), by=cast.ada, at=noon)
    held = Membership.objects.get(person__email="gita@example.org")
    assert (held.role, held.division, held.department) == ("programme", "Stage", None)
    assert [sheet.has_changes for sheet in understood(file, cast.ada, noon).sheets] == [False]
    take_back(batch, by=cast.ada, at=noon)
    assert not User.objects.filter(email="gita@example.org").exists()


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["Gita Rao", "gita@example.org", "Programme manager", "Arts", "Stage", None], "reach"),
        (["Gita Rao", "gita@example.org", "Programme manager", None, None, None], "reach"),
        (["Gita Rao", "gita@example.org", "Finance", None, "Stage", None], "reach"),
        (["Gita Rao", "gita@example.org", "Programme manager", None, "Field", None], "unknown-division"),
    ],
)
def test_a_row_that_puts_a_role_elsewhere_is_refused(
    row: list[str | None], kind: str, pia: User, cast: SimpleNamespace, noon: datetime
) -> None:
    found = understood(book({"People and roles": [HEADER, row]}), cast.ada, noon)
    assert [problem.kind for sheet in found.sheets for problem in sheet.problems] == [kind]
