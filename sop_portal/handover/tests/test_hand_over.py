"""Somebody leaves, or two departments become one: whoever answers now is reminded and decides, and nobody else."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from evaluations.models import Measure
from planning.forecasts.actions import submit
from planning.models import Cycle, Forecast, Hindsight, Project
from planning.tests.stage_one import filled
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.handover.actions import hand_over, merge
from sop_portal.handover.queries import responsibilities_of
from sop_portal.people.actions import delegate
from sop_portal.people.terms import Term
from sop_portal.reminders.actions import sweep
from sop_portal.reminders.models import Reminder
from sop_portal.reminders.tests.conftest import at_noon
from sop_portal.reminders.tests.conftest import year as year
from sop_portal.tests.small_year import small_year

Browser = Callable[[User], Client]


def notified_since(pk: int) -> set[tuple[str, str]]:
    rows = Reminder.objects.filter(pk__gt=pk, is_skipped=False, deadline__startswith="forecast/")
    return set(rows.values_list("person__name", "occurrence"))


def last() -> int:
    return Reminder.objects.latest("pk").pk


def test_reminders_follow_whoever_takes_over_and_leave_the_one_who_left(year: Cycle, cast: SimpleNamespace) -> None:
    sweep(at=at_noon("2027-03-18"))
    before = last()
    hand_over(cast.amina, cast.farid, last_on=date(2027, 3, 18), by=cast.ada, at=at_noon("2027-03-18"))
    sweep(at=at_noon("2027-03-19"))
    sweep(at=at_noon("2027-03-24"))
    assert notified_since(before) == {
        ("Farid Karimi", "2027-03-31 -14"),
        ("Farid Karimi", "2027-03-31 -7"),
        ("Bao Nguyen", "2027-03-31 -7"),
    }
    assert Notice.objects.owed().filter(person=cast.amina).count() == 0


def test_everything_a_person_holds_goes_to_the_successor(cast: SimpleNamespace) -> None:
    small_year(cast)
    at, span = at_noon("2027-08-20"), {"from_on": date(2027, 8, 1), "until_on": date(2027, 9, 30)}
    Delegation.objects.create(giver=cast.bao, deputy=cast.amina, **span)
    Delegation.objects.create(giver=cast.amina, deputy=cast.ben, **span)
    Membership.objects.create(person=cast.amina, role=Role.AUDITOR, from_on=date(2027, 12, 1))
    led = Project.objects.filter(lead=cast.ben).count()
    hand_over(cast.amina, cast.farid, last_on=date(2027, 8, 31), by=cast.ada, at=at)
    hand_over(cast.ben, cast.farid, last_on=date(2027, 8, 20), by=cast.ada, at=at)
    roles = Membership.objects.filter(person=cast.farid).order_by("pk")
    assert list(roles.values_list("role", "department__slug", "from_on", "until_on")) == [
        ("head", "arts", date(2027, 8, 20), None),
        ("auditor", None, date(2027, 12, 1), None),
        ("lead", "arts", date(2027, 8, 20), None),
    ]
    assert (Project.objects.filter(lead=cast.farid).count(), Project.objects.filter(lead=cast.ben).count()) == (led, 0)
    measure = Measure.objects.get(department__slug="arts")
    assert (measure.owner, Hindsight.objects.get(source_id=measure.pk, kind="measure").owner_name) == (
        cast.farid,
        "Farid Karimi",
    )
    assert set(Delegation.objects.values_list("until_on", flat=True)) == {date(2027, 8, 20), date(2027, 8, 31)}
    assert not responsibilities_of(cast.amina, date(2027, 12, 2))
    acts = {day: Actor.of(cast.amina, date(2027, 8, day)).may(Can.SUBMIT_FORECAST) for day in (31,)}
    assert (acts, Actor.of(cast.amina, date(2027, 9, 1)).grants) == ({31: True}, ())
    assert verify() == []
    assert Entry.objects.filter(verb="hand-over", kind="person").count() == 2


def test_the_successor_is_told_and_whom_the_leaver_stood_in_for_too(cast: SimpleNamespace) -> None:
    at = at_noon("2027-03-12")
    Delegation.objects.create(giver=cast.bao, deputy=cast.amina, from_on=date(2027, 3, 1), until_on=date(2027, 3, 30))
    hand_over(cast.amina, cast.farid, last_on=date(2027, 3, 12), by=cast.ada, at=at)
    assert dict(Notice.objects.values_list("person__name", "texts__en")) == {
        "Farid Karimi": "Amina Diallo handed over to you: what they owed waits for you",
        "Bao Nguyen": "Amina Diallo no longer stands in for you",
    }


def test_a_deputyship_ends_with_its_leaver_or_never_begins(cast: SimpleNamespace) -> None:
    at = at_noon("2027-03-12")
    for deputy, first, last_on in (("ben", 10, 14), ("bao", 10, 30), ("farid", 16, 30)):
        delegate(
            giver=cast.amina,
            deputy=getattr(cast, deputy),
            role="",
            term=Term(date(2027, 3, first), date(2027, 3, last_on)),
            by=cast.amina,
            at=at,
        )
    hand_over(cast.amina, cast.chen, last_on=date(2027, 3, 15), by=cast.ada, at=at)
    left = Delegation.objects.order_by("pk").values_list("deputy__name", "from_on", "until_on")
    assert list(left) == [
        ("Ben Carter", date(2027, 3, 10), date(2027, 3, 14)),
        ("Bao Nguyen", date(2027, 3, 10), date(2027, 3, 15)),
    ]
    assert dict(Notice.objects.filter(verb="end-delegation").values_list("person__name", "texts__en")) == {
        "Bao Nguyen": "You are deputy of Amina Diallo only until 15\N{NO-BREAK SPACE}March 2027",
        "Farid Karimi": "You will not be deputy of Amina Diallo from 16\N{NO-BREAK SPACE}March 2027 until "
        "30\N{NO-BREAK SPACE}March 2027 after all",
    }


@pytest.mark.parametrize(("day", "is_refused"), [(11, True), (12, False), (13, False)])
def test_the_last_day_is_today_at_the_earliest(day: int, is_refused: bool, cast: SimpleNamespace) -> None:
    raises = pytest.raises(NotReady, match="Choose 12\N{NO-BREAK SPACE}March 2027 or a later day")
    with raises if is_refused else nullcontext():
        hand_over(cast.amina, cast.farid, last_on=date(2027, 3, day), by=cast.ada, at=at_noon("2027-03-12"))
    assert Membership.objects.filter(person=cast.farid).exists() is not is_refused


def test_a_past_last_day_is_refused_at_its_field(
    cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: at_noon("2027-03-12"))
    typed = {"to": str(cast.farid.pk), "last_on": "2027-03-11", "key": str(uuid4())}
    answer = as_person(cast.ada).post(reverse("hand-over", args=[cast.amina.pk]), typed)
    assert (answer.status_code, answer.context["form"].errors) == (
        422,
        {"last_on": ["This day is past. Choose 12\N{NO-BREAK SPACE}March 2027 or a later day."]},
    )
    assert (b'value="2027-03-11"' in answer.content, Membership.objects.filter(person=cast.farid).count()) == (True, 0)


def test_a_successor_who_holds_the_role_does_not_hold_it_twice(arts: Department, cast: SimpleNamespace) -> None:
    Membership.objects.create(person=cast.ben, role=Role.HEAD, department=arts, from_on=date(2027, 1, 1))
    hand_over(cast.amina, cast.ben, last_on=date(2027, 3, 12), by=cast.ada, at=at_noon("2027-03-12"))
    assert Membership.objects.filter(person=cast.ben, role=Role.HEAD).count() == 1


def test_four_eyes_follow_the_person_and_not_the_role(year: Cycle, arts: Department, cast: SimpleNamespace) -> None:
    filled(arts, "Story hours", cast.amina, at_noon("2027-01-02"))
    forecast = Forecast.objects.get(department=arts)
    submit(forecast, by=cast.amina, at=at_noon("2027-01-03"), seen=forecast.version)
    hand_over(cast.chidi, cast.amina, last_on=date(2027, 1, 4), by=cast.ada, at=at_noon("2027-01-04"))
    sweep(at=at_noon("2027-01-10"))
    waits = Reminder.objects.filter(deadline=f"forecast/{forecast.pk}/accept")
    assert set(waits.values_list("person__name", flat=True)) == {"Chen Jing"}


@pytest.mark.parametrize("name", ["amina", "chidi", "emil", "omar"])
def test_only_the_administrator_hands_over_and_merges(
    name: str, arts: Department, sports: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    by = getattr(cast, name)
    with pytest.raises(NotYours):
        hand_over(cast.bao, cast.farid, last_on=noon.date(), by=by, at=noon)
    with pytest.raises(NotYours):
        merge(arts, sports, by=by, at=noon)
    assert Entry.objects.count() == 0


def test_nobody_hands_over_to_themselves_or_to_somebody_without_access(cast: SimpleNamespace, noon: datetime) -> None:
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)
    for to in (cast.amina, User.objects.get(pk=cast.ben.pk)):
        with pytest.raises(NotReady):
            hand_over(cast.amina, to, last_on=noon.date(), by=cast.ada, at=noon)
    with pytest.raises(NotReady):
        hand_over(cast.farid, cast.amina, last_on=noon.date(), by=cast.ada, at=noon)
    assert Membership.objects.filter(until_on__isnull=False).count() == 0


def test_a_merged_department_s_deadlines_are_the_other_head_s_once(
    year: Cycle, arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    sweep(at=at_noon("2027-03-18"))
    before = last()
    merge(arts, sports, by=cast.ada, at=at_noon("2027-03-19"))
    sweep(at=at_noon("2027-03-19"))
    first = notified_since(before)
    sweep(at=at_noon("2027-03-24"))
    owed = Reminder.objects.filter(deadline=f"forecast/{Forecast.objects.get(department=arts).pk}/submit")
    assert first == {("Bao Nguyen", "2027-03-31 -14")}
    assert set(owed.filter(pk__gt=before, is_skipped=False).values_list("person__name", "occurrence")) == {
        ("Bao Nguyen", "2027-03-31 -14"),
        ("Bao Nguyen", "2027-03-31 -7"),
    }
    assert Notice.objects.owed().filter(person=cast.amina).count() == 0


def test_a_merged_department_keeps_its_records_and_plans_no_more(
    year: Cycle,
    arts: Department,
    sports: Department,
    cast: SimpleNamespace,
    as_person: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noon = at_noon("2027-03-19")
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: noon)
    merge(arts, sports, by=cast.ada, at=noon)
    arts.refresh_from_db()
    assert (arts.is_active, arts.merged_into) == (False, sports)
    on = date(2027, 3, 19)
    acting = Membership.objects.on(on).filter(department__in=[arts, sports]).order_by("role", "department__slug")
    assert list(acting.values_list("person__name", "role", "department__slug")) == [
        ("Bao Nguyen", "head", "arts"),
        ("Bao Nguyen", "head", "sports"),
        ("Ben Carter", "lead", "arts"),
        ("Ben Carter", "lead", "sports"),
    ]
    assert b"/2027/forecasts/arts/" in as_person(cast.bao).get(reverse("cycle", args=[2027])).content
    assert as_person(cast.amina).get(reverse("forecast", args=[2027, "arts"])).status_code == 403
    assert set(Notice.objects.filter(verb="merge-department").values_list("person__name", flat=True)) == {
        "Amina Diallo",
        "Bao Nguyen",
    }
    assert verify() == []


def test_who_leads_a_running_project_hears_of_the_merger(
    year: Cycle, arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    lasts = {"starts_on": year.starts_on, "ends_on": year.ends_on}
    Project.objects.create(cycle=year, department=arts, name="Choir", slug="choir", lead=cast.ben, **lasts)
    merge(arts, sports, by=cast.ada, at=at_noon("2027-03-19"))
    assert set(Notice.objects.filter(verb="merge-department").values_list("person__name", flat=True)) == {
        "Amina Diallo",
        "Bao Nguyen",
        "Ben Carter",
    }


def test_what_was_merged_before_moves_along(arts: Department, sports: Department, cast: SimpleNamespace) -> None:
    at, music = at_noon("2027-03-19"), Department.objects.create(name="Music", slug="music")
    merge(music, arts, by=cast.ada, at=at)
    merge(arts, sports, by=cast.ada, at=at_noon("2027-03-21"))
    music.refresh_from_db()
    heads = Membership.objects.on(date(2027, 3, 21)).filter(role=Role.HEAD, department=music)
    assert (list(lineage().heirs_of(music.pk)), [held.person for held in heads]) == ([arts.pk, sports.pk], [cast.bao])


def test_a_department_merges_once_into_one_that_has_a_head(
    arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    at, music = at_noon("2027-03-19"), Department.objects.create(name="Music", slug="music")
    merge(music, arts, by=cast.ada, at=at)
    for department, into in ((music, sports), (arts, arts), (arts, music)):
        with pytest.raises(NotReady):
            merge(department, into, by=cast.ada, at=at)
    empty = Department.objects.create(name="Dance", slug="dance")
    with pytest.raises(NotReady):
        merge(arts, empty, by=cast.ada, at=at)


@pytest.mark.parametrize("wrong", [{"is_active": True}, {"merged_into_id": 0}])
def test_the_database_keeps_a_merged_department_apart(
    wrong: dict[str, object], arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    merge(arts, sports, by=cast.ada, at=at_noon("2027-03-19"))
    values = {name: arts.pk if value == 0 else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.filter(pk=arts.pk).update(**values)


def test_handing_over_and_merging_on_the_pages(
    arts: Department, sports: Department, cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: at_noon("2027-03-12"))
    browser, page = as_person(cast.ada), reverse("hand-over", args=[cast.amina.pk])
    assert b"Arts" in browser.get(page).content
    typed = {"to": str(cast.farid.pk), "last_on": "2027-03-12"}
    assert browser.post(page, {"to": "", "last_on": "soon", "key": str(uuid4())}).status_code == 422
    assert browser.post(page, typed | {"key": str(uuid4())}).status_code == 302
    assert Membership.objects.filter(person=cast.farid, role=Role.HEAD, department=arts).count() == 1
    page = reverse("department-merge", args=["arts"])
    assert b"Farid Karimi" in browser.get(page).content
    assert browser.post(page, {"into": "arts", "key": str(uuid4())}).status_code == 422
    assert browser.post(page, {"into": "sports", "key": str(uuid4())}).status_code == 302
    assert Department.objects.get(pk=arts.pk).merged_into == sports
    assert b"became part of" in browser.get(reverse("departments")).content
    again = {"name": "Arts", "is_active": "on", "key": str(uuid4())}
    assert browser.post(reverse("department-change", args=["arts"]), again).status_code == 422
