"""Rights end now or with today; the page names first what nobody could then decide, and offers who follows."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import actions as people
from sop_portal.people.terms import Term
from sop_portal.set_up.pages.ending import gaps_in

Browser = Callable[[User], Client]
DAY = timedelta(days=1)


def form(**typed: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "successor": "", **typed}


def role_of(person: User) -> Membership:
    return Membership.objects.get(person=person)


def end(cast: SimpleNamespace, as_person: Browser, at: datetime, person: User, **typed: str) -> str:
    """End somebody's role on its page, and read the page before."""
    where = reverse("role-end", args=[role_of(person).pk])
    with clock.at(at):
        page = as_person(cast.ada).get(where).content.decode()
        assert as_person(cast.ada).post(where, form(**{"when": "now", **typed})).status_code == 302
    return page


def test_a_role_that_ends_now_is_gone_with_the_next_request_with_an_open_form_too(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    browser = as_person(cast.dora)
    with clock.at(noon):
        before = browser.post(reverse("comment", args=["nothing", 1]), form(text="x")).status_code
        assert Actor.of(cast.dora, noon).may(Can.COMPILE_BUDGET)
        end(cast, as_person, noon, cast.dora)
        assert Actor.of(cast.dora, noon).grants == ()
        assert browser.post(reverse("budget-compile", args=[2027]), form()).status_code in (403, 404)
    assert before == 404


def test_a_role_may_end_from_tomorrow(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    end(cast, as_person, noon, cast.dora, when="today")
    assert [bool(Actor.of(cast.dora, noon + later * DAY).grants) for later in (0, 1)] == [True, False]


def test_a_role_that_ends_today_can_still_be_ended_now(cast: SimpleNamespace, noon: datetime) -> None:
    people.end_role(role_of(cast.dora), until_on=noon.date(), by=cast.ada, at=noon)
    assert Actor.of(cast.dora, noon).grants != ()
    people.end_role_now(role_of(cast.dora), by=cast.ada, at=noon)
    assert Actor.of(cast.dora, noon).grants == ()
    with pytest.raises(NotNow):
        people.end_role_now(role_of(cast.dora), by=cast.ada, at=noon)


def test_a_role_that_ended_now_can_be_given_again_on_the_same_day(cast: SimpleNamespace, noon: datetime) -> None:
    people.end_role_now(role_of(cast.dora), by=cast.ada, at=noon)
    people.give_role(cast.dora, role=Role.FINANCE, term=Term(noon.date()), by=cast.ada, at=noon)
    assert Actor.of(cast.dora, noon).roles == [Role.FINANCE]


def test_a_role_that_begins_later_and_is_ended_now_never_begins(cast: SimpleNamespace, noon: datetime) -> None:
    later = people.give_role(cast.farid, role=Role.FINANCE, term=Term(noon.date() + 9 * DAY), by=cast.ada, at=noon)
    people.end_role_now(later, by=cast.ada, at=noon)
    assert [Actor.of(cast.farid, noon + days * DAY).grants for days in (0, 9, 10)] == [(), (), ()]


def test_what_somebody_lent_ends_with_their_role(cast: SimpleNamespace, noon: datetime) -> None:
    term = Term(noon.date(), noon.date() + 5 * DAY)
    people.delegate(giver=cast.dora, deputy=cast.farid, role="finance", term=term, by=cast.dora, at=noon)
    assert Actor.of(cast.farid, noon).roles == [Role.FINANCE]
    people.end_role_now(role_of(cast.dora), by=cast.ada, at=noon)
    assert Actor.of(cast.farid, noon).grants == ()


def test_a_deputyship_ends_with_the_next_request(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    term = Term(noon.date(), noon.date() + 5 * DAY)
    lent = people.delegate(giver=cast.dora, deputy=cast.farid, role="finance", term=term, by=cast.dora, at=noon)
    with clock.at(noon):
        assert as_person(cast.dora).post(reverse("delegation-end", args=[lent.pk]), form()).status_code == 302
    assert Actor.of(cast.farid, noon).grants == ()
    assert Delegation.objects.get(pk=lent.pk).ended_at == noon


def test_the_page_names_first_what_nobody_could_then_decide(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    page = end(cast, as_person, noon, cast.amina)
    assert "Arts would have no head" in page.replace('<span translate="no">', "").replace("</span>", "")
    assert page.index("What nobody could then do") < page.index("End role")
    assert Actor.of(cast.amina, noon).grants == ()


def test_the_number_of_those_who_decide_is_counted_with_four_eyes(cast: SimpleNamespace, noon: datetime) -> None:
    roles = [role_of(cast.emil), role_of(vars(cast)["elif"])]
    one, both = gaps_in("en", roles[:1], noon.date()), gaps_in("en", roles, noon.date())
    assert (one, "Nobody would hold the role: Management." in both) == ([], True)


def test_where_nothing_is_left_to_nobody_the_page_says_so(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    page = end(cast, as_person, noon, cast.dora)
    assert ("What nobody could then do" in page, "still has somebody who can take it" in page) == (False, True)
    assert Notice.objects.filter(verb="end-role").count() == 0


def test_the_administrators_hear_in_their_language_of_what_is_left_to_nobody(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    people.give_role(cast.farid, role=Role.ADMINISTRATOR, term=Term(noon.date()), by=cast.ada, at=noon)
    end(cast, as_person, noon, cast.bao)
    told = Notice.objects.get(verb="end-role")
    assert (told.person, "Sports would have no head" in told.texts["en"]) == (cast.farid, True)


def test_whoever_follows_holds_the_same_role_from_then_on(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    end(cast, as_person, noon, cast.amina, successor=str(cast.farid.pk))
    held = [(grant.role, grant.department_id) for grant in Actor.of(cast.farid, noon).grants]
    assert held == [(Role.HEAD, role_of(cast.amina).department_id)]
    assert Notice.objects.filter(verb="end-role").count() == 0


def test_the_last_administrator_is_neither_ended_nor_deactivated(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    browser = as_person(cast.ada)
    with clock.at(noon):
        for where in (reverse("role-end", args=[role_of(cast.ada).pk]), reverse("access-end", args=[cast.ada.pk])):
            assert browser.post(where, form(when="now")).status_code == 422
            assert browser.post(where, form(when="now", successor=str(cast.farid.pk))).status_code == 302
            assert Actor.of(cast.farid, noon).roles == [Role.ADMINISTRATOR]
            break
    with pytest.raises(NotReady):
        people.end_role_now(role_of(cast.farid), by=cast.farid, at=noon)
    with pytest.raises(NotReady):
        people.change_person(cast.farid, by=cast.farid, at=noon, is_active=False)


def test_access_ends_with_its_roles_and_everybody_else_can_be_ended_at_once(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    with clock.at(noon):
        for name in ("amina", "ben", "bao", "chidi", "chen", "dora", "dev", "emil", "elif", "omar", "farid"):
            person = vars(cast)[name]
            where = reverse("access-end", args=[person.pk])
            assert as_person(cast.ada).get(where).status_code == 200
            assert as_person(cast.ada).post(where, form()).status_code == 302
            person.refresh_from_db()
            assert (person.is_active, Actor.of(person, noon).grants) == (False, ())


def test_only_the_administrator_ends_rights(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    wheres = [reverse("role-end", args=[role_of(cast.ben).pk]), reverse("access-end", args=[cast.ben.pk])]
    answers = [as_person(cast.emil).post(where, form(when="now")).status_code for where in wheres]
    assert (answers, role_of(cast.ben).until_on) == ([403, 403], None)


def test_the_person_reads_in_a_mail_and_the_trail_keeps_it(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    end(cast, as_person, noon, cast.amina)
    mail = Mail.objects.get(person=cast.amina, subject="Role ended")
    assert "Department head, Arts" in mail.text
    entry = Entry.objects.get(kind="membership", verb="end-role")
    assert entry.changes == [{"where": "", "field": "until_on", "old": "", "new": "2027-03-12"}]
