"""A year is set up, its windows moved, and opened."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from planning.cycles.actions import WindowMove, YearPlan, create_cycle, set_window
from planning.cycles.calendar import WindowDates
from planning.forecasts.actions import NewProject, add_project, publish_year
from planning.models import Cycle, Forecast, ForecastFigure, Project
from planning.tests.stage_one import filled, known, open_year
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import delegate
from sop_portal.people.terms import Term
from sop_portal.tests.page_text import html_of
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def draft(cast: SimpleNamespace, noon: datetime) -> Cycle:
    """The year 2027, not yet published."""
    return create_cycle(year=2027, by=cast.ada, at=noon)


def test_what_a_deputy_sets_up_and_opens_names_both(cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    day = noon.date()
    delegate(giver=cast.ada, deputy=cast.farid, role="", term=Term(day, day), by=cast.ada, at=noon)
    publish_year(create_cycle(year=2027, by=cast.farid, at=noon), by=cast.farid, at=noon, seen=1)
    add_project(Forecast.objects.get(department=arts), NewProject("Story hours"), by=cast.amina, at=noon)
    made = Entry.objects.filter(verb="create").values_list("kind", "by_id", "behalf_id").distinct()
    assert set(made) == {
        ("cycle", cast.farid.pk, cast.ada.pk),
        ("forecast", cast.farid.pk, cast.ada.pk),
        ("project", cast.amina.pk, None),
    }


def test_a_new_year_has_the_windows_of_the_usual_calendar(draft: Cycle) -> None:
    found = {w.stage: (w.opens_on, w.due_on, w.grace_until, w.first_due_on) for w in draft.windows.all()}
    assert found == {
        "forecast": (date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 7), date(2027, 3, 31)),
        "request": (date(2027, 4, 1), date(2027, 4, 14), date(2027, 4, 21), date(2027, 4, 14)),
        "budget": (date(2027, 4, 1), date(2027, 6, 30), date(2027, 7, 7), date(2027, 6, 30)),
        "execution": (date(2027, 7, 1), date(2028, 6, 30), date(2028, 7, 28), date(2028, 6, 30)),
        "evaluation": (date(2027, 7, 1), date(2028, 7, 28), date(2028, 8, 4), date(2028, 7, 28)),
    }
    assert (draft.state, draft.starts_on, draft.ends_on) == ("draft", date(2027, 7, 1), date(2028, 6, 30))


def test_a_year_may_run_in_other_months(cast: SimpleNamespace, noon: datetime) -> None:
    cycle = create_cycle(
        year=2027,
        plan=YearPlan(starts_on=date(2028, 1, 1), ends_on=date(2028, 12, 31), currency="EUR"),
        by=cast.ada,
        at=noon,
    )
    run = cycle.windows.get(stage="execution")
    assert (run.opens_on, run.due_on, run.grace_until) == (date(2028, 1, 1), date(2028, 12, 31), date(2029, 1, 28))
    assert cycle.windows.get(stage="evaluation").due_on == date(2029, 1, 28)
    assert cycle.windows.get(stage="forecast").due_on == date(2027, 3, 31)


def test_the_quarters_move_with_the_first_month(cast: SimpleNamespace, noon: datetime) -> None:
    cycle = create_cycle(year=2027, plan=YearPlan(starts_month=4), by=cast.ada, at=noon)
    assert cycle.windows.get(stage="forecast").due_on == date(2027, 6, 30)
    assert (cycle.starts_on, cycle.ends_on) == (date(2027, 10, 1), date(2028, 9, 30))


def test_a_year_is_set_up_once(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady) as refusal:
        create_cycle(year=2027, by=cast.ada, at=noon)
    assert str(refusal.value) == "The year 2027 is already set up. Choose another year."


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "emil", "omar", "farid"])
def test_only_the_administrator_sets_up_a_year(name: str, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        create_cycle(year=2027, by=getattr(cast, name), at=noon)
    assert not Cycle.objects.exists()


def test_setting_up_leaves_a_trail(draft: Cycle, cast: SimpleNamespace) -> None:
    entry = Entry.objects.get(kind="cycle")
    assert (entry.verb, entry.by_id, entry.state_to) == ("create", cast.ada.pk, "draft")


def test_moving_a_published_window_keeps_the_first_due_day(cast: SimpleNamespace, noon: datetime) -> None:
    cycle = open_year(cast, noon)
    window = set_window(
        cycle,
        WindowMove(
            "forecast", WindowDates(date(2027, 1, 1), date(2027, 4, 15), date(2027, 4, 20)), "The audit took longer"
        ),
        by=cast.ada,
        at=noon,
    )
    window.refresh_from_db()
    assert (window.due_on, window.first_due_on) == (date(2027, 4, 15), date(2027, 3, 31))
    entry = Entry.objects.filter(kind="cycle", verb="edit").get()
    assert entry.comment == "The audit took longer"
    assert [(c["where"], c["field"], c["old"], c["new"]) for c in entry.changes] == [
        ("forecast", "due_on", "2027-03-31", "2027-04-15"),
        ("forecast", "grace_until", "2027-04-07", "2027-04-20"),
    ]


def test_in_a_draft_the_first_due_day_moves_along(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    window = set_window(
        draft,
        WindowMove("forecast", WindowDates(date(2027, 1, 1), date(2027, 4, 15), date(2027, 4, 20))),
        by=cast.ada,
        at=noon,
    )
    assert window.first_due_on == date(2027, 4, 15)


def test_the_days_of_a_window_are_in_order(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady):
        set_window(
            draft,
            WindowMove("forecast", WindowDates(date(2027, 5, 1), date(2027, 4, 15), date(2027, 4, 20))),
            by=cast.ada,
            at=noon,
        )


def test_the_execution_ends_after_it_starts(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    day, said = date(2028, 7, 1), []
    for act in (
        lambda: create_cycle(year=2028, plan=YearPlan(starts_on=day, ends_on=day), by=cast.ada, at=noon),
        lambda: set_window(draft, WindowMove("execution", WindowDates(day, day, day)), by=cast.ada, at=noon),
    ):
        with pytest.raises(NotReady) as refusal:
            act()
        said.append(refusal.value.sentence)
    assert said == ["The execution ends before it starts."] * 2


def test_the_execution_window_is_the_execution_of_the_year(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    set_window(
        draft,
        WindowMove("execution", WindowDates(date(2027, 8, 1), date(2028, 7, 31), date(2028, 8, 28))),
        by=cast.ada,
        at=noon,
    )
    stored = Cycle.objects.get()
    assert (stored.starts_on, stored.ends_on) == (date(2027, 8, 1), date(2028, 7, 31))


def test_a_window_moved_meanwhile_is_not_moved_unseen(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    days: dict[str, Any] = {"opens_on": date(2027, 1, 1), "due_on": date(2027, 4, 15), "grace_until": date(2027, 4, 20)}
    set_window(draft, WindowMove("forecast", WindowDates(**days)), by=cast.ada, at=noon, seen=1)
    with pytest.raises(Changed):
        set_window(draft, WindowMove("request", WindowDates(**days)), by=cast.ada, at=noon, seen=1)


def test_publishing_creates_what_is_owed(cast: SimpleNamespace, noon: datetime) -> None:
    Department.objects.create(name="Closed", slug="closed", is_active=False)
    open_year(cast, noon)
    found = Forecast.objects.order_by("department__name").values_list("department__name", "state")
    assert list(found) == [("Arts", "draft"), ("Sports", "draft")]
    notified = Notice.objects.filter(kind="forecast").values_list("person__name", flat=True)
    assert sorted(notified) == ["Amina Diallo", "Bao Nguyen"]


def test_a_year_without_all_windows_is_not_published(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    draft.windows.filter(stage="budget").delete()
    with pytest.raises(NotReady) as refusal:
        publish_year(draft, by=cast.ada, at=noon, seen=1)
    assert [str(missing) for missing in refusal.value.missing] == ["The window of “Budget” has no dates yet."]
    assert not Forecast.objects.exists()


def test_only_the_administrator_publishes_the_year(draft: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        publish_year(draft, by=cast.emil, at=noon, seen=1)


def test_projects_of_the_year_before_are_carried_over(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    open_year(cast, noon)
    old = filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)
    Project.objects.filter(pk=old.pk).update(purpose="Reading aloud", importance=5)
    gone = filled(sports, "Chess", cast.bao, noon)
    Project.objects.filter(pk=gone.pk).update(state="cancelled")
    known(arts, "story-hours", 2025, activities="210", participants="2651")
    known(arts, "story-hours", 2026, activities="236", materials="4180.50", money="100.25")
    known(arts, "story-hours", 2028, activities="999")
    cycle = open_year(cast, noon, year=2028)
    new = Project.objects.get(cycle=cycle)
    assert (new.name, new.slug, new.state, new.lead, new.purpose, new.importance) == (
        *("Story hours", "story-hours", "planned", cast.ben, "Reading aloud", 5),
    )
    figures = ForecastFigure.objects.filter(line__project=new)
    assert dict(figures.values_list("metric", "proposal")) == {
        "activities": Decimal(236),
        "participants": Decimal(2651),
        "people": None,
        "materials": Decimal("4180.50"),
        "money": Decimal("100.25"),
    }
    assert (new.needed, new.activities_planned, new.participants_planned) == (Decimal("4280.75"), 236, 2651)
    assert (new.starts_on, new.ends_on) == (date(2028, 7, 1), date(2029, 6, 30))


def test_what_is_carried_over_stands_in_the_trail(cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    open_year(cast, noon, year=2028)
    entry = Entry.objects.get(verb="carry-over")
    assert [change["new"] for change in entry.changes] == ["Story hours"]


def test_the_pages_of_the_set_up(cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]) -> None:
    client = as_person(cast.ada)
    with clock.at(noon):
        assert "No year yet" in client.get("/set-up/years/").content.decode()
        assert client.get("/set-up/years/new/").status_code == 200
        posted = {
            "key": "11111111-1111-4111-8111-111111111111",
            "year": "2027",
            "starts_month": "1",
            "currency": "usd",
            "small_transfer_limit": "5,000.00",
            "deviation_to_explain": "20",
        }
        response = client.post("/set-up/years/new/", posted)
        assert (response.status_code, response.headers["Location"]) == (302, "/2027/windows/")
        assert "2027" in client.get("/set-up/years/").content.decode()
        page = html_of(client.get("/2027/windows/"))
        assert '<a class="btn btn-primary" href="/2027/">Check and publish</a>' in page
        # Nothing is approved in a draft year, whatever plan was brought in.
        assert "Budgeted, " not in client.get("/2027/publish/").content.decode()
    cycle = Cycle.objects.get()
    assert (cycle.currency, cycle.small_transfer_limit) == ("USD", Decimal(5000))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", "1066"),
        ("year", "２０２７x"),
        ("currency", "XX"),
        ("currency", "KWD"),
        ("currency", "\0AB"),
        ("small_transfer_limit", "1e5"),
        ("small_transfer_limit", "-1"),
        ("starts_on", "31.12.2027"),
        ("starts_month", "13"),
        ("second_approval_above", "1.234"),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept_on_the_page(
    field: str, value: str, cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    client = as_person(cast.ada)
    posted = {
        "key": "11111111-1111-4111-8111-111111111111",
        "year": "2027",
        "starts_month": "1",
        "currency": "USD",
        "small_transfer_limit": "0",
        "deviation_to_explain": "20",
    }
    with clock.at(noon):
        response = client.post("/set-up/years/new/", posted | {field: value})
    assert response.status_code == 422
    assert not Cycle.objects.exists()


def test_moving_a_window_shows_first_what_else_moves(
    cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    cycle = open_year(cast, noon)
    client = as_person(cast.ada)
    posted = {
        "key": "11111111-1111-4111-8111-111111111111",
        "seen": str(cycle.version),
        "opens_on": "2027-01-01",
        "due_on": "2027-04-10",
        "grace_until": "2027-04-12",
        "reason": "Snow",
    }
    with clock.at(noon):
        assert client.get("/2027/windows/forecast/").status_code == 200
        preview = client.post("/2027/windows/forecast/", posted).content.decode()
        assert "“Resource planning” opens on 1\xa0April 2027, before this is due." in preview
        assert "Lateness is still counted from 31\xa0March 2027" in preview
        assert cycle.windows.get(stage="forecast").due_on == date(2027, 3, 31)
        response = client.post("/2027/windows/forecast/", posted | {"confirmed": "yes"})
        assert response.status_code == 302
        page = client.get("/2027/windows/").content.decode()
    assert ("first 31\xa0March 2027" in page, "Check and publish" in page) == (True, False)
    assert cycle.windows.get(stage="forecast").due_on == date(2027, 4, 10)


def test_a_draft_year_is_there_only_for_those_who_set_it_up(
    draft: Cycle, cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    with clock.at(noon):
        assert as_person(cast.amina).get("/2027/windows/").status_code == 404
        assert as_person(cast.amina).get("/2027/forecasts/").status_code == 404
        assert as_person(cast.ada).get("/2027/windows/").status_code == 200
