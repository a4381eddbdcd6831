"""Naming a deputy, until when that is possible, and ending it."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import actions
from sop_portal.people.terms import Term
from sop_portal.tests.page_text import words_of

Browser = Callable[[User], Client]
DAY, ONE, NBSP = date(2027, 3, 12), timedelta(days=1), "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    """Every page is opened at noon of the day."""
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: noon)


def name(
    cast: SimpleNamespace, at: datetime, first: date, last: date, role: str = "", deputy: str = "ben"
) -> Delegation:
    """Amina names a deputy."""
    return actions.delegate(
        giver=cast.amina, deputy=getattr(cast, deputy), role=role, term=Term(first, last), by=cast.amina, at=at
    )


def post(browser: Client, cast: SimpleNamespace, first: str, last: str, role: str = "") -> SimpleNamespace:
    """What the account page answers to the form, typed by somebody who names Ben."""
    typed = {"deputy": str(cast.ben.pk), "role": role, "from_on": first, "until_on": last}
    answer = browser.post(
        reverse("delegate"), {"key": str(uuid.uuid4()), **{f"deputy-{name}": said for name, said in typed.items()}}
    )
    form = answer.context["delegation"] if answer.context else None
    shown = {name: form[name].value() for name in typed} if form else {}
    return SimpleNamespace(
        status=answer.status_code,
        errors=form.errors if form else {},
        keeps_all=shown == typed,
        page=answer.content.decode(),
    )


def test_a_role_one_does_not_hold_is_not_lent(cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady, match=f"The role is not held on 12{NBSP}March 2027"):
        name(cast, noon, DAY, DAY, Role.FINANCE)


def test_a_role_not_yet_held_is_refused_at_the_form_which_keeps_what_was_typed(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    Membership.objects.create(person=cast.amina, role=Role.AUDITOR, from_on=date(2027, 6, 1))
    answer = post(as_person(cast.amina), cast, "2027-05-31", "2027-06-30", "auditor")
    assert (answer.status, answer.keeps_all, answer.errors) == (
        422,
        True,
        {
            "from_on": [
                "Only a role one holds can be handed to a deputy. "
                f"The role is not held on 31{NBSP}May 2027. Choose another first day."
            ]
        },
    )
    assert (answer.errors["from_on"][0] in answer.page, Delegation.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (DAY - ONE, f"This day is past. Choose 12{NBSP}March 2027 or a later day."),
        (DAY, ""),
        (date(2029, 3, 12), ""),
        (date(2029, 3, 13), f"A deputy is named for two years at most: until 12{NBSP}March 2029."),
    ],
)
def test_a_deputyship_ends_from_today_on_and_within_two_years(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, last: date, sentence: str
) -> None:
    first = DAY - 5 * ONE
    answer = post(as_person(cast.amina), cast, first.isoformat(), last.isoformat())
    assert answer.errors == ({"until_on": [sentence]} if sentence else {})
    assert (answer.status, Delegation.objects.count()) == ((422, 0) if sentence else (302, 1))
    if sentence:
        with pytest.raises(NotReady, match=sentence):
            name(cast, noon, first, last)


def test_a_deputyship_without_an_end_is_refused(cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady, match="two years at most"):
        actions.delegate(giver=cast.amina, deputy=cast.ben, role="", term=Term(DAY), by=cast.amina, at=noon)


def test_a_deputy_is_named_once_for_a_day_and_role(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    name(cast, noon, DAY, DAY + 9 * ONE)
    answer = post(as_person(cast.amina), cast, "2027-03-21", "2027-03-30")
    assert (answer.status, answer.keeps_all, Delegation.objects.count()) == (422, True, 1)
    assert answer.errors == {
        "from_on": [
            f"Ben Carter is deputy in this role from 12{NBSP}March 2027 until 21{NBSP}March 2027 already. "
            "Choose other days, or end that deputyship first."
        ]
    }


def test_other_days_another_role_and_another_deputy_overlap_nothing(cast: SimpleNamespace, noon: datetime) -> None:
    name(cast, noon, DAY, DAY + 9 * ONE)
    name(cast, noon, DAY + 10 * ONE, DAY + 20 * ONE)
    name(cast, noon, DAY, DAY + 9 * ONE, Role.HEAD)
    name(cast, noon, DAY, DAY + 9 * ONE, deputy="bao")
    assert Delegation.objects.count() == 4


def test_the_form_offers_the_roles_one_holds_or_will_hold(
    cast: SimpleNamespace, as_person: Browser, arts: Department
) -> None:
    days = {"from_on": date(2026, 1, 1), "until_on": DAY - ONE}
    Membership.objects.create(person=cast.amina, role=Role.FINANCE, **days)
    Membership.objects.create(person=cast.amina, role=Role.AUDITOR, from_on=DAY + ONE)
    form = as_person(cast.amina).get(reverse("account")).context["delegation"]
    assert [value for value, _label in form.fields["role"].choices] == ["", "head", "auditor"]


def test_the_form_says_how_long_a_deputy_counts_as_standing_in(cast: SimpleNamespace, as_person: Browser) -> None:
    page = as_person(cast.amina).get(reverse("account")).content.decode()
    assert "Up to 60 days after the first day you count as away" in page


def test_a_deputyship_ends_early_by_its_giver_only(cast: SimpleNamespace, noon: datetime) -> None:
    lending = name(cast, noon, DAY - 3 * ONE, DAY + 9 * ONE)
    with pytest.raises(NotYours):
        actions.end_delegation(lending, on=DAY, by=cast.ben, at=noon)
    actions.end_delegation(lending, on=DAY, by=cast.amina, at=noon)
    acts = [Actor.of(cast.ben, noon + days * ONE).may(Can.SUBMIT_FORECAST) for days in (0, 1)]
    assert acts == [True, False]


def test_what_a_deputy_has_done_is_not_made_undone(cast: SimpleNamespace, noon: datetime) -> None:
    lending = name(cast, noon, DAY, DAY + ONE)
    with pytest.raises(NotReady, match="This day is past"):
        actions.end_delegation(lending, on=DAY - ONE, by=cast.amina, at=noon)
    assert Delegation.objects.get().until_on == DAY + ONE


def test_the_deputy_is_told_that_it_ends_early(cast: SimpleNamespace, noon: datetime) -> None:
    actions.end_delegation(name(cast, noon, DAY, DAY + 9 * ONE), on=DAY, by=cast.amina, at=noon)
    told = Notice.objects.filter(verb="end-delegation").values_list("person__name", "texts__en")
    assert list(told) == [("Ben Carter", f"You are deputy of Amina Diallo only until 12{NBSP}March 2027")]


def test_a_deputy_who_was_never_told_is_not_told_of_the_end(cast: SimpleNamespace, noon: datetime) -> None:
    lending = Delegation.objects.create(giver=cast.amina, deputy=cast.ben, from_on=DAY, until_on=DAY + 9 * ONE)
    actions.end_delegation(lending, on=DAY, by=cast.amina, at=noon)
    assert Notice.objects.count() == 0


def test_a_deputyship_that_has_not_begun_is_taken_away_and_the_trail_keeps_it(
    cast: SimpleNamespace, noon: datetime
) -> None:
    lending = name(cast, noon, DAY + ONE, DAY + 9 * ONE)
    actions.end_delegation(lending, on=DAY, by=cast.amina, at=noon)
    entry = Entry.objects.get(verb="cancel-delegation")
    assert (entry.record_id, entry.by_id, entry.changes) == (
        lending.pk,
        cast.amina.pk,
        [
            {"where": "", "field": "from_on", "old": "2027-03-13", "new": ""},
            {"where": "", "field": "until_on", "old": "2027-03-21", "new": ""},
        ],
    )
    assert (Delegation.objects.count(), verify()) == (0, [])
    assert Notice.objects.get(verb="end-delegation").texts["en"] == (
        f"You will not be deputy of Amina Diallo from 13{NBSP}March 2027 until 21{NBSP}March 2027 after all"
    )


def test_what_ends_by_itself_is_not_ended_again(cast: SimpleNamespace, noon: datetime) -> None:
    lending = name(cast, noon, DAY, DAY)
    for day in (DAY, DAY + ONE):
        with pytest.raises(NotNow):
            actions.end_delegation(lending, on=day, by=cast.amina, at=noon)
    assert Delegation.objects.get().until_on == DAY


@pytest.mark.parametrize(
    ("first", "last", "button"),
    [(DAY + ONE, DAY + ONE, "Cancel"), (DAY, DAY + ONE, "End now"), (DAY, DAY, "End now")],
)
def test_the_button_says_what_it_does(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, first: date, last: date, button: str | None
) -> None:
    name(cast, noon, first, last)
    page = as_person(cast.amina).get(reverse("account")).content.decode()
    assert [word for word in ("Cancel", "End now") if f">{word}</button>" in page] == ([button] if button else [])


def test_cancelling_on_the_page(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    lending, browser = name(cast, noon, DAY + ONE, DAY + 9 * ONE), as_person(cast.amina)
    address, key = reverse("delegation-end", args=[lending.pk]), {"key": str(uuid.uuid4())}
    assert as_person(cast.ben).post(address, {"key": str(uuid.uuid4())}).status_code == 404
    assert b"The deputyship is cancelled." in browser.post(address, key, follow=True).content
    assert Delegation.objects.count() == 0


def test_who_holds_no_role_is_told_who_gives_one_and_gets_no_form(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    shown = words_of(as_person(cast.farid).get("/me/"))
    assert "There is no role that a deputy could act in. An administrator gives roles: Ada Moreno." in shown
    assert "Name deputy" not in shown
    assert "Name deputy" in words_of(as_person(cast.amina).get("/me/"))


def test_who_holds_no_role_is_not_sent_to_another_day(cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady, match="no role that a deputy could act in") as refused:
        actions.delegate(giver=cast.farid, deputy=cast.ben, role="", term=Term(DAY, DAY), by=cast.farid, at=noon)
    assert refused.value.way_out == "An administrator gives roles: Ada Moreno."
