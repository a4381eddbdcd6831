"""People, departments, roles and deputies that cannot be: each refused with a sentence and a way out."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sop_portal.foundation.kit.refusals import NotNow, NotReady, Refusal
from sop_portal.foundation.notices.actions import prefer
from sop_portal.foundation.organisation.models import Delegation, Department, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.handover.actions import hand_over
from sop_portal.people import actions
from sop_portal.people.actions import Newcomer, OrganisationTerms
from sop_portal.people.terms import Term, days_without

DAY = date(2027, 3, 12)
LATER = DAY + timedelta(days=40)
GOOD = {"name": "Ours", "language": "en", "time_zone": "Asia/Shanghai", "currency": "CNY"}


def organisation(**odd: str) -> OrganisationTerms:
    return OrganisationTerms(**{**GOOD, **odd}, planning_month=1, financial_month=7)


IMPOSSIBLE: dict[str, Callable[[SimpleNamespace, dict[str, Any]], Any]] = {
    "an address that is used": lambda c, who: actions.add_person(
        email="AMINA@example.org", name="Another", language="en", **who
    ),
    "no address": lambda c, who: actions.add_person(email="amina", name="Another", language="en", **who),
    "a language nobody speaks": lambda c, who: actions.add_person(email="a@b.org", name="A", language="tlh", **who),
    "a person without a name": lambda c, who: actions.change_person(c.ben, name="", **who),
    "a person of another language": lambda c, who: actions.change_person(c.ben, language="tlh", **who),
    "what is not changed here": lambda c, who: actions.change_person(c.ben, password="x", **who),
    "a department without a name": lambda c, who: actions.add_department(name="", **who),
    "a department called as another": lambda c, who: actions.add_department(name=" arts", **who),
    "an address of a department that is taken": lambda c, who: actions.add_department(
        name="Painting", slug="arts", **who
    ),
    "an address that is none": lambda c, who: actions.add_department(name="Painting", slug="a/b", **who),
    "a name that another has": lambda c, who: actions.change_department(c.arts, name="Sports", **who),
    "a role that is held": lambda c, who: actions.give_role(
        c.amina, role=Role.HEAD, department=c.arts, term=Term(DAY, LATER), **who
    ),
    "a role that nobody knows": lambda c, who: actions.give_role(c.farid, role="king", term=Term(DAY), **who),
    "a role that ends before it begins": lambda c, who: actions.give_role(
        c.farid, role=Role.FINANCE, term=Term(LATER, DAY), **who
    ),
    "a deputy of oneself": lambda c, who: actions.delegate(
        giver=c.amina, deputy=c.amina, role="", term=Term(DAY, LATER), **who
    ),
    "a deputy that ends before it begins": lambda c, who: actions.delegate(
        giver=c.amina, deputy=c.ben, role="", term=Term(LATER, DAY), **who
    ),
    "a deputy in the past": lambda c, who: actions.delegate(
        giver=c.amina, deputy=c.ben, role="", term=Term(date(2026, 1, 1), date(2026, 2, 1)), **who
    ),
    "a currency that is none": lambda c, who: actions.set_organisation(organisation(currency="XYZ"), **who),
    "a clock that is none": lambda c, who: actions.set_organisation(organisation(time_zone="Mars/Base"), **who),
    "a language of nobody": lambda c, who: actions.set_organisation(organisation(language="tlh"), **who),
    "an organisation without a name": lambda c, who: actions.set_organisation(organisation(name=" "), **who),
    "colours that are none": lambda c, who: actions.set_preferences(c.amina, language="en", theme="pink", at=who["at"]),
    "a language of one's own": lambda c, who: actions.set_preferences(
        c.amina, language="tlh", theme="dark", at=who["at"]
    ),
    "mails in no way": lambda c, who: prefer(
        c.amina, mails="pigeon", quiet_from=21, quiet_to=7, is_quiet_for_all=False
    ),
    "an hour that is none": lambda c, who: prefer(
        c.amina, mails="digest", quiet_from=24, quiet_to=7, is_quiet_for_all=False
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_refused_with_a_way_out(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime, name: str
) -> None:
    cast.arts = arts
    before = Entry.objects.count()
    with pytest.raises(NotReady) as refusal:
        IMPOSSIBLE[name](cast, {"by": cast.ada, "at": noon})
    assert (bool(refusal.value.way_out), Entry.objects.count()) == (True, before)


def test_a_role_is_not_given_in_a_department_that_ended(
    cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    lead = {"role": Role.LEAD, "department": arts, "term": Term(DAY), "by": cast.ada, "at": noon}
    Department.objects.filter(pk=arts.pk).update(is_active=False)
    with pytest.raises(NotNow, match="no longer takes part"):
        actions.give_role(cast.farid, **{**lead, "department": Department.objects.get(pk=arts.pk)})
    Department.objects.filter(pk=arts.pk).update(is_active=True)
    assert actions.give_role(cast.farid, **lead).person == cast.farid


def test_a_merged_department_does_not_take_part_again(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    Department.objects.filter(pk=sports.pk).update(is_active=False, merged_into=arts)
    with pytest.raises(NotReady, match="no longer takes part") as refusal:
        actions.change_department(Department.objects.get(pk=sports.pk), is_active=True, by=cast.ada, at=noon)
    assert refusal.value.way_out


def test_the_same_deputyship_is_named_once(cast: SimpleNamespace, noon: datetime) -> None:
    named = {"giver": cast.amina, "deputy": cast.ben, "role": "", "by": cast.amina, "at": noon}
    actions.delegate(term=Term(DAY, LATER), **named)
    with pytest.raises(NotReady, match="is deputy in this role from"):
        actions.delegate(term=Term(LATER, LATER + timedelta(days=3)), **named)
    assert Delegation.objects.count() == 1


def test_the_first_administrator_has_an_address_too(db: None, noon: datetime) -> None:
    with pytest.raises(Refusal):
        actions.let_in_first(Newcomer("Ada", "nowhere"), at=noon)
    assert actions.let_in_first(Newcomer("Ada", "ada@example.org"), at=noon).email == "ada@example.org"


def test_who_takes_over_gets_the_days_they_do_not_hold_yet(
    cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    """Handing over to somebody who holds the role for a while gives what is missing, and no day twice."""
    held = actions.give_role(cast.ben, role=Role.HEAD, department=arts, term=Term(DAY, LATER), by=cast.ada, at=noon)
    hand_over(cast.amina, cast.ben, last_on=DAY, by=cast.ada, at=noon)
    rows = Membership.objects.filter(person=cast.ben, role=Role.HEAD).order_by("from_on")
    assert [(row.from_on, row.until_on) for row in rows] == [(DAY, held.until_on), (LATER + timedelta(days=1), None)]


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ([], [(1, 20)]),
        ([(1, None)], []),
        ([(1, 20)], []),
        ([(1, 9)], [(10, 20)]),
        ([(12, None)], [(1, 11)]),
        ([(5, 9), (12, 15)], [(1, 4), (10, 11), (16, 20)]),
        ([(25, 30)], [(1, 20)]),
    ],
)
def test_the_days_that_no_other_term_covers(held: list[tuple[int, int | None]], missing: list[tuple[int, int]]) -> None:
    def day(number: int | None) -> date | None:
        return date(2027, 3, number) if number else None

    spans = [(date(2027, 3, first), day(last)) for first, last in held]
    wanted = Term(date(2027, 3, 1), date(2027, 3, 20))
    assert [(term.from_on, term.until_on) for term in days_without(wanted, spans)] == [
        (day(first), day(last)) for first, last in missing
    ]
