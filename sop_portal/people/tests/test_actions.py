"""Keeping people, departments, roles and deputies."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import actions
from sop_portal.people.terms import Term

DAY = date(2027, 3, 12)


def test_a_new_person_gets_a_mail_that_leads_to_a_password(cast: SimpleNamespace, noon: datetime) -> None:
    person = actions.add_person(email="Gita@Example.org", name="Gita Rao", language="en", by=cast.ada, at=noon)
    assert (person.email, person.has_usable_password()) == ("gita@example.org", False)
    mail = Mail.objects.get(person=person)
    assert "http://testserver/invitation/" in mail.text


def test_every_change_leaves_who_and_what(cast: SimpleNamespace, noon: datetime) -> None:
    person = actions.add_person(email="gita@example.org", name="Gita Rao", language="en", by=cast.ada, at=noon)
    actions.change_person(person, by=cast.ada, at=noon, name="Gita Roy", is_active=False)
    entry = Entry.objects.order_by("-position").first()
    assert entry is not None
    assert (entry.verb, entry.by_id, entry.changes) == (
        "change-person",
        cast.ada.pk,
        [
            {"where": "", "field": "name", "old": "", "new": ""},
            {"where": "", "field": "is_active", "old": "True", "new": "False"},
        ],
    )


def test_a_change_of_nothing_leaves_nothing(cast: SimpleNamespace, noon: datetime) -> None:
    actions.change_person(cast.amina, by=cast.ada, at=noon, name="Amina Diallo")
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("name", ["amina", "chidi", "dora", "emil", "omar", "farid"])
def test_only_the_administrator_keeps_people(
    cast: SimpleNamespace, arts: Department, noon: datetime, name: str
) -> None:
    by = getattr(cast, name)
    membership = Membership.objects.get(person=cast.bao)
    acts = [
        lambda: actions.add_person(email="x@example.org", name="X", language="en", by=by, at=noon),
        lambda: actions.change_person(cast.bao, by=by, at=noon, is_active=False),
        lambda: actions.add_department(name="Science", by=by, at=noon),
        lambda: actions.change_department(arts, by=by, at=noon, name="Art"),
        lambda: actions.give_role(by, role=Role.ADMINISTRATOR, term=Term(DAY), by=by, at=noon),
        lambda: actions.end_role(membership, until_on=DAY, by=by, at=noon),
    ]
    before = 0, User.objects.count(), Membership.objects.count()
    for act in acts:
        with pytest.raises(NotYours):
            act()
    assert (Entry.objects.count(), User.objects.count(), Membership.objects.count()) == before


def test_a_role_that_is_given_acts_at_once(cast: SimpleNamespace, noon: datetime) -> None:
    actions.give_role(cast.farid, role=Role.FINANCE, term=Term(DAY), by=cast.ada, at=noon)
    assert Actor.of(cast.farid, noon).roles == [Role.FINANCE]


def test_a_role_that_is_ended_acts_until_the_end_of_its_last_day(cast: SimpleNamespace, noon: datetime) -> None:
    actions.end_role(Membership.objects.get(person=cast.chidi), until_on=DAY, by=cast.ada, at=noon)
    days = [Actor.of(cast.chidi, noon + timedelta(days=later)).may(Can.REVIEW_FORECAST) for later in (0, 1)]
    assert days == [True, False]


def test_a_role_that_has_not_begun_ends_on_its_first_day(cast: SimpleNamespace, noon: datetime) -> None:
    later = DAY + timedelta(days=30)
    membership = actions.give_role(cast.farid, role=Role.FINANCE, term=Term(later), by=cast.ada, at=noon)
    actions.end_role(membership, until_on=DAY, by=cast.ada, at=noon)
    assert Membership.objects.get(pk=membership.pk).until_on == later


@pytest.mark.parametrize(("role", "in_department"), [(Role.HEAD, False), (Role.FINANCE, True)])
def test_a_role_in_the_wrong_place_is_refused(
    cast: SimpleNamespace, arts: Department, noon: datetime, role: Role, in_department: bool
) -> None:
    where = arts if in_department else None
    with pytest.raises(NotReady, match="A head or lead belongs to a department"):
        actions.give_role(cast.farid, role=role, department=where, term=Term(DAY), by=cast.ada, at=noon)


def test_departments_of_similar_names_get_addresses_of_their_own(cast: SimpleNamespace, noon: datetime) -> None:
    names = ["Youth work", "Youth-work", "艺术", "体育"]
    found = [actions.add_department(name=name, by=cast.ada, at=noon).slug for name in names]
    assert found == ["youth-work", "youth-work-2", "department", "department-2"]


def test_everybody_names_a_deputy_for_themselves_who_is_told(cast: SimpleNamespace, noon: datetime) -> None:
    actions.delegate(giver=cast.amina, deputy=cast.ben, role="", term=Term(DAY, DAY), by=cast.amina, at=noon)
    assert list(Notice.objects.values_list("person", "texts__en")) == [
        (cast.ben.pk, "Amina Diallo made you deputy from 12\xa0March 2027 until 12\xa0March 2027: All roles")
    ]
    assert Actor.of(cast.ben, noon).may(Can.SUBMIT_FORECAST)


def test_a_deputy_in_one_role_reads_which_and_from_when_until_when(cast: SimpleNamespace, noon: datetime) -> None:
    until_on = DAY + timedelta(days=18)
    role = Role.HEAD
    actions.delegate(giver=cast.amina, deputy=cast.ben, role=role, term=Term(DAY, until_on), by=cast.amina, at=noon)
    assert Notice.objects.get().texts["en"] == (
        "Amina Diallo made you deputy from 12\xa0March 2027 until 30\xa0March 2027: Department head"
    )


def test_nobody_names_a_deputy_for_somebody_else_but_the_administrator(cast: SimpleNamespace, noon: datetime) -> None:
    term = Term(DAY, DAY)
    with pytest.raises(NotYours):
        actions.delegate(giver=cast.amina, deputy=cast.emil, role="", term=term, by=cast.emil, at=noon)
    actions.delegate(giver=cast.amina, deputy=cast.emil, role="", term=term, by=cast.ada, at=noon)
    assert Actor.of(cast.emil, noon).may(Can.SUBMIT_FORECAST)


def test_preferences_are_the_persons_own(cast: SimpleNamespace, noon: datetime) -> None:
    actions.set_preferences(cast.chen, language="zh-hans", theme="dark", at=noon)
    stored = User.objects.get(pk=cast.chen.pk)
    assert (stored.language, stored.theme) == ("zh-hans", "dark")


@pytest.mark.parametrize("way", ["the role ends today", "the role ends in summer", "no access"])
def test_the_last_administrator_stays(cast: SimpleNamespace, noon: datetime, way: str) -> None:
    own = Membership.objects.get(person=cast.ada, role=Role.ADMINISTRATOR)

    def leave() -> None:
        if way == "no access":
            actions.change_person(User.objects.get(pk=cast.ada.pk), by=cast.ada, at=noon, is_active=False)
        else:
            until_on = DAY if way == "the role ends today" else date(2027, 6, 30)
            actions.end_role(Membership.objects.get(pk=own.pk), until_on=until_on, by=cast.ada, at=noon)

    with pytest.raises(NotReady, match="nobody would administer the portal") as refusal:
        leave()
    assert "Give somebody else the role" in str(refusal.value.way_out)
    assert Actor.of(User.objects.get(pk=cast.ada.pk), noon).may(Can.KEEP_PEOPLE)
    actions.give_role(cast.emil, role=Role.ADMINISTRATOR, term=Term(DAY), by=cast.ada, at=noon)
    leave()


def test_whoever_ends_it_on_the_page_reads_why_it_does_not_end(
    cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    with clock.at(noon):
        answer = as_person(cast.ada).post(f"/set-up/people/{cast.ada.pk}/end/", {"key": str(uuid4())})
    assert answer.status_code == 422
    assert "nobody would administer the portal. Give somebody else" in answer.content.decode()
