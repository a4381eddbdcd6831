"""Who may do what on which day: roles with dates, scopes, deputies without chains."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from sop_portal.foundation.organisation.actor import Actor, people_who_can, stand_ins
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role

DAY = date(2027, 3, 12)
ONE = timedelta(days=1)


def record_of(department: Department, lead: User | None = None) -> SimpleNamespace:
    """Something that belongs to a department and, perhaps, to a project lead."""
    return SimpleNamespace(department_id=department.pk, lead_id=lead.pk if lead else None)


def lend(giver: User, deputy: User, role: str = "", days: tuple[date, date] = (DAY, DAY)) -> Delegation:
    return Delegation.objects.create(giver=giver, deputy=deputy, role=role, from_on=days[0], until_on=days[1])


@pytest.mark.parametrize(
    ("day", "is_head"), [(DAY - ONE, False), (DAY, True), (DAY + ONE, True), (DAY + 2 * ONE, False)]
)
def test_a_role_begins_on_its_first_and_ends_after_its_last_day(
    arts: Department, cast: SimpleNamespace, day: date, is_head: bool
) -> None:
    Membership.objects.create(person=cast.farid, role=Role.HEAD, department=arts, from_on=DAY, until_on=DAY + ONE)
    assert Actor.of(cast.farid, day).may(Can.SUBMIT_FORECAST, record_of(arts)) == is_head


def test_the_day_of_a_moment_is_the_organisations_civil_day(arts: Department, cast: SimpleNamespace) -> None:
    """Two in the morning in London on the 13th is still the 12th in New York."""
    assert Actor.of(cast.amina, datetime(2027, 3, 13, 2, tzinfo=UTC)).on == DAY


def test_a_head_reaches_the_own_department_only(arts: Department, sports: Department, cast: SimpleNamespace) -> None:
    amina = Actor.of(cast.amina, DAY)
    assert [amina.may(Can.SUBMIT_FORECAST, record_of(d)) for d in (arts, sports)] == [True, False]


def test_a_lead_reaches_the_own_projects_only(arts: Department, sports: Department, cast: SimpleNamespace) -> None:
    ben = Actor.of(cast.ben, DAY)
    records = [record_of(arts, cast.ben), record_of(arts, cast.amina), record_of(arts), record_of(sports, cast.ben)]
    assert [ben.may(Can.WRITE_REPORT, record) for record in records] == [True, False, False, False]


def test_a_role_of_the_whole_organisation_reaches_every_department(
    arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    chidi = Actor.of(cast.chidi, DAY)
    assert [chidi.may(Can.REVIEW_FORECAST, record_of(d)) for d in (arts, sports)] == [True, True]


def test_a_measure_is_carried_out_by_its_owner_even_in_a_role_of_the_whole_organisation(
    arts: Department, cast: SimpleNamespace
) -> None:
    owned = record_of(arts, cast.dora)
    assert [Actor.of(p, DAY).may(Can.CARRY_OUT_MEASURE, owned) for p in (cast.dora, cast.dev, cast.amina)] == [
        True,
        False,
        True,
    ]


def test_an_outsider_may_nothing_and_sees_nothing(cast: SimpleNamespace) -> None:
    farid = Actor.of(cast.farid, DAY)
    assert [can for can in Can if farid.may(can)] == []
    assert (farid.sees_everything, farid.department_ids, farid.roles) == (False, frozenset(), [])


def test_a_deputy_holds_the_roles_of_the_giver_between_the_days(arts: Department, cast: SimpleNamespace) -> None:
    lend(cast.amina, cast.dora, days=(DAY, DAY + ONE))
    days = [DAY - ONE, DAY, DAY + ONE, DAY + 2 * ONE]
    assert [Actor.of(cast.dora, day).may(Can.SUBMIT_FORECAST, record_of(arts)) for day in days] == [
        False,
        True,
        True,
        False,
    ]


def test_the_grant_of_a_deputy_names_the_giver(arts: Department, cast: SimpleNamespace) -> None:
    lend(cast.amina, cast.dora)
    grants = Actor.of(cast.dora, DAY).authorities(Can.SUBMIT_FORECAST, record_of(arts))
    assert [(grant.role, grant.department_id, grant.behalf) for grant in grants] == [
        (Role.HEAD, arts.pk, cast.amina.pk)
    ]


def test_a_deputy_for_one_role_does_not_hold_the_others(arts: Department, cast: SimpleNamespace) -> None:
    Membership.objects.create(person=cast.amina, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    lend(cast.amina, cast.dora, role=Role.MANAGEMENT)
    dora = Actor.of(cast.dora, DAY)
    assert (dora.may(Can.APPROVE_BUDGET), dora.may(Can.SUBMIT_FORECAST, record_of(arts))) == (True, False)


def test_two_lendings_of_one_giver_add_up(arts: Department, cast: SimpleNamespace) -> None:
    Membership.objects.create(person=cast.amina, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    lend(cast.amina, cast.dora, role=Role.MANAGEMENT)
    lend(cast.amina, cast.dora, role=Role.HEAD)
    dora = Actor.of(cast.dora, DAY)
    assert (dora.may(Can.APPROVE_BUDGET), dora.may(Can.SUBMIT_FORECAST, record_of(arts))) == (True, True)


def test_what_one_giver_lends_says_nothing_about_another(arts: Department, cast: SimpleNamespace) -> None:
    lend(cast.chidi, cast.dora)
    lend(cast.amina, cast.dora, role=Role.MANAGEMENT)
    dora = Actor.of(cast.dora, DAY)
    assert (dora.may(Can.REVIEW_FORECAST), dora.may(Can.SUBMIT_FORECAST, record_of(arts))) == (True, False)


def test_what_is_lent_cannot_be_lent_again(cast: SimpleNamespace) -> None:
    lend(cast.chidi, cast.dora)
    lend(cast.dora, cast.farid)
    farid = Actor.of(cast.farid, DAY)
    assert (farid.may(Can.COMPILE_BUDGET), farid.may(Can.REVIEW_FORECAST)) == (True, False)


def test_a_role_that_ended_is_no_longer_lent(cast: SimpleNamespace) -> None:
    lend(cast.chidi, cast.dora)
    Membership.objects.filter(person=cast.chidi).update(until_on=DAY - ONE)
    assert not Actor.of(cast.dora, DAY).may(Can.REVIEW_FORECAST)


def test_a_person_without_access_lends_nothing(cast: SimpleNamespace) -> None:
    lend(cast.chidi, cast.dora)
    User.objects.filter(pk=cast.chidi.pk).update(is_active=False)
    assert not Actor.of(cast.dora, DAY).may(Can.REVIEW_FORECAST)


def test_the_deputy_of_a_head_counts_as_head_for_four_eyes(arts: Department, cast: SimpleNamespace) -> None:
    lend(cast.amina, cast.chidi)
    assert Actor.of(cast.chidi, DAY).headed_ids == frozenset({arts.pk})


def test_the_deputy_of_a_lead_reaches_that_leads_projects(arts: Department, cast: SimpleNamespace) -> None:
    lend(cast.ben, cast.farid)
    farid = Actor.of(cast.farid, DAY)
    records = [record_of(arts, cast.ben), record_of(arts, cast.farid)]
    assert [farid.may(Can.WRITE_REPORT, record) for record in records] == [True, False]


def test_own_roles_come_before_borrowed_ones(cast: SimpleNamespace) -> None:
    lend(cast.chidi, cast.chen)
    grants = Actor.of(cast.chen, DAY).authorities(Can.REVIEW_FORECAST)
    assert [grant.behalf for grant in grants] == [None, cast.chidi.pk]


def test_people_who_can_are_named_in_order_without_outsiders_and_deputies(
    arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    lend(cast.chidi, cast.dora)
    assert [p.name for p in people_who_can(Can.REVIEW_FORECAST, record_of(arts), DAY)] == ["Chen Jing", "Chidi Okafor"]
    assert [p.name for p in people_who_can(Can.SUBMIT_FORECAST, record_of(sports), DAY)] == ["Bao Nguyen"]
    assert [p.name for p in people_who_can(Can.WRITE_REPORT, record_of(arts, cast.ben), DAY)] == [
        "Amina Diallo",
        "Ben Carter",
    ]


def test_people_who_can_are_those_whom_the_guard_lets_through(
    arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    """The two ways of asking never part: for every capability and record the same people."""
    people = list(vars(cast).values())
    for record in (record_of(arts, cast.ben), record_of(sports), record_of(arts, cast.dora)):
        for can in Can:
            allowed = {p.name for p in people if Actor.of(p, DAY).may(can, record)}
            assert (can, {p.name for p in people_who_can(can, record, DAY)}) == (can, allowed)


def test_people_without_access_are_not_named(arts: Department, cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.chidi.pk).update(is_active=False)
    assert [p.name for p in people_who_can(Can.REVIEW_FORECAST, record_of(arts), DAY)] == ["Chen Jing"]


def test_deputies_are_found_for_the_day(cast: SimpleNamespace) -> None:
    lend(cast.chidi, cast.dora)
    assert stand_ins([cast.chidi.pk], Can.REVIEW_FORECAST, DAY) == [(cast.chidi.pk, cast.dora)]
    assert stand_ins([cast.chidi.pk], Can.REVIEW_FORECAST, DAY + ONE) == []


def test_a_deputy_in_another_role_or_all_year_long_is_not_told_of_everything(cast: SimpleNamespace) -> None:
    span = {"from_on": DAY, "until_on": DAY}
    Delegation.objects.create(giver=cast.chidi, deputy=cast.dora, role=Role.FINANCE, **span)
    Delegation.objects.create(giver=cast.chidi, deputy=cast.dev, **(span | {"until_on": DAY + 61 * ONE}))
    Delegation.objects.create(giver=cast.chidi, deputy=cast.emil, **(span | {"until_on": DAY + 60 * ONE}))
    assert stand_ins([cast.chidi.pk], Can.REVIEW_FORECAST, DAY) == [(cast.chidi.pk, cast.emil)]


@pytest.mark.parametrize(
    "values",
    [
        {"role": Role.HEAD, "department": None},
        {"role": Role.LEAD, "department": None},
        {"role": "emperor", "department": None},
        {"role": Role.MANAGEMENT, "department": "arts"},
        {"role": Role.MANAGEMENT, "department": None, "until_on": DAY - ONE},
    ],
)
def test_the_database_refuses_a_role_that_does_not_fit(
    arts: Department, cast: SimpleNamespace, values: dict[str, object]
) -> None:
    fields = values | {"department": arts if values["department"] else None}
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=cast.farid, from_on=DAY, **fields)


def test_the_database_refuses_to_lend_to_oneself(cast: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        lend(cast.chidi, cast.chidi)
