"""Requests are filled in from the forecasts whenever what was missing comes, in whatever order it comes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from types import SimpleNamespace

import pytest

from planning.cycles.actions import create_cycle
from planning.cycles.models import Stage
from planning.cycles.queries import dates_of
from planning.forecasts import actions as forecasts
from planning.forecasts.models import Forecast
from planning.models import Cycle, Metric, Pool, RequestLine, ResourceRequest
from planning.requests import actions
from planning.requests.deadlines import owed
from planning.requests.figures import pool_for
from planning.requests.queries import unasked_figures
from planning.tests.requesting import APRIL, MARCH, TYPED, Browser, post, terms
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import add_department, give_role
from sop_portal.people.terms import Term
from sop_portal.tests.shared_fixtures import shared_fixture

LATE = APRIL + timedelta(days=4)
SALARIED = actions.PoolTerms("Librarian hours", "hours", Decimal(900), is_paid_for=True)
FREELANCE = actions.PoolTerms("Freelance hours", "hours", Decimal(900), is_paid_for=True)
FUND = actions.PoolTerms("Programme fund", "USD", Decimal(9000))
SECOND_FUND = actions.PoolTerms("Lottery", "USD", Decimal(9000))
NOT_AS_FORECAST = "nobody worked in it, and it does not ask for what its forecast and the pools say."
Act = Callable[[], object]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """Arts has accepted its forecast, Sports has it submitted; the report is being compiled, and there is no pool."""
    cycle = forecasts.publish_year(create_cycle(year=2027, by=cast.ada, at=MARCH), by=cast.ada, at=MARCH, seen=1)
    year = SimpleNamespace(cycle=cycle, cast=cast)
    for head, slug, name in ((cast.amina, "arts", "Story hours"), (cast.bao, "sports", "Swimming")):
        handed_in(cycle, Department.objects.get(slug=slug), name, head, MARCH)
    accept(year, "arts", MARCH)
    year.report = forecasts.start_report(cycle, by=cast.chidi, at=APRIL)
    return year


def handed_in(cycle: Cycle, department: Department, name: str, head: User, at: datetime) -> Forecast:
    """A department's forecast with one project, submitted."""
    forecast = Forecast.objects.get(cycle=cycle, department=department)
    line = forecasts.add_project(forecast, forecasts.NewProject(name), by=head, at=at).forecast_line
    typed = {m: forecasts.Typed(Decimal(f), "feedback", "Counted on the waiting list.") for m, f in TYPED.items()}
    forecasts.set_figures(line, typed, by=head, at=at, seen=line.forecast.version)
    forecast.refresh_from_db()
    return forecasts.submit(forecast, by=head, at=at, seen=forecast.version)


def accept(year: SimpleNamespace, slug: str, at: datetime = LATE) -> Forecast:
    forecast = Forecast.objects.get(cycle=year.cycle, department__slug=slug)
    return forecasts.accept(forecast, by=year.cast.chidi, at=at, seen=forecast.version)


def publish(year: SimpleNamespace) -> None:
    year.report.refresh_from_db()
    actions.publish_report(year.report, by=year.cast.chidi, at=APRIL, seen=year.report.version)


def add(year: SimpleNamespace, kind: str, new: actions.PoolTerms, at: datetime = LATE) -> Pool:
    return actions.add_pool(year.cycle, kind, new, by=year.cast.chidi, at=at)


def filled_in(slug: str) -> list[tuple[object, ...]]:
    lines = RequestLine.objects.filter(request__department__slug=slug).order_by("metric")
    return [*lines.values_list("metric", "pool__name", "quantity", "unit_cost", "cost", "forecast_left")]


def request_of(slug: str) -> ResourceRequest:
    return ResourceRequest.objects.select_related("cycle", "department").get(department__slug=slug)


WHOLE = [
    ("materials", "Programme fund", 300, 1, 300, 300),
    ("money", "Programme fund", 1200, 1, 1200, 1200),
    ("people", "Librarian hours", 120, 0, 0, 120),
]


def join(year: SimpleNamespace) -> None:
    """Music is added while forecasts are still taken late, hands one in, and has it accepted."""
    music = add_department(name="Music", by=year.cast.ada, at=LATE)
    term = Term(from_on=LATE.date())
    give_role(year.cast.dora, role="head", term=term, department=music, by=year.cast.ada, at=LATE)
    forecasts.owe_newcomer(music, by=year.cast.ada, at=LATE)
    handed_in(year.cycle, music, "Choir", year.cast.dora, LATE)
    accept(year, "music")


LATECOMERS: dict[str, Callable[[SimpleNamespace], object]] = {
    "the report is published": publish,
    "a forecast is accepted": lambda year: accept(year, "sports"),
    "pools are added": lambda year: (add(year, "people", SALARIED), add(year, "money", FUND)),
    "a department comes": join,
}


ORDERS = [*permutations(LATECOMERS)]


@pytest.mark.once
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(name.split()[1] for name in order))
def test_in_whatever_order_it_comes_the_requests_say_the_same(year: SimpleNamespace, order: tuple[str, ...]) -> None:
    for name in order:
        LATECOMERS[name](year)
    assert {slug: filled_in(slug) for slug in ("arts", "sports", "music")} == dict.fromkeys(
        ("arts", "sports", "music"), WHOLE
    )
    assert problems() == []


def test_with_two_pools_in_whatever_order_they_come_the_portal_asks(year: SimpleNamespace) -> None:
    add(year, "money", FUND)
    add(year, "people", SALARIED)
    publish(year)
    assert filled_in("arts") == WHOLE
    add(year, "people", FREELANCE)
    add(year, "money", SECOND_FUND)
    assert filled_in("arts") == []
    lottery = Pool.objects.get(name="Lottery")
    actions.change_pool(
        lottery, terms(lottery, is_usual=True, takes_materials=True), by=year.cast.chidi, at=LATE, seen=1
    )
    assert [row[:3] for row in filled_in("arts")] == [("materials", "Lottery", 300), ("money", "Lottery", 1200)]
    salaried = Pool.objects.get(name="Librarian hours")
    actions.change_pool(salaried, terms(salaried, is_usual=True), by=year.cast.chidi, at=LATE, seen=1)
    assert [row[:3] for row in filled_in("arts")][2:] == [("people", "Librarian hours", 120)]
    assert problems() == []


def test_a_second_pool_that_is_taken_out_again_leaves_the_first(year: SimpleNamespace) -> None:
    add(year, "money", FUND)
    add(year, "people", SALARIED)
    publish(year)
    second = add(year, "people", FREELANCE)
    assert [row[0] for row in filled_in("arts")] == ["materials", "money"]
    actions.take_out_pool(second, by=year.cast.chidi, at=LATE)
    assert filled_in("arts") == WHOLE
    assert problems() == []


def test_a_pool_from_which_only_the_portal_filled_in_is_taken_out(year: SimpleNamespace) -> None:
    add(year, "money", FUND)
    publish(year)
    mistaken = add(year, "people", SALARIED)
    actions.take_out_pool(mistaken, by=year.cast.chidi, at=LATE)
    assert [row[0] for row in filled_in("arts")] == ["materials", "money"]
    assert problems() == []


def test_a_pool_that_somebody_asks_for_is_not_taken_out(year: SimpleNamespace) -> None:
    hours = add(year, "people", SALARIED)
    publish(year)
    arts = request_of("arts")
    line = RequestLine.objects.get(request=arts)
    asked = actions.AskedLine(hours, "", Decimal(100), forecast_line=line.forecast_line)
    actions.change_line(line, asked, by=year.cast.amina, at=LATE, seen=arts.version)
    with pytest.raises(NotReady, match="something depends on it: Request lines"):
        actions.take_out_pool(hours, by=year.cast.chidi, at=LATE)
    assert [row[:3] for row in filled_in("arts")] == [("people", "Librarian hours", 100)]


def test_a_draft_that_was_not_filled_in_is_found(year: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(year)
    monkeypatch.setattr("planning.requests.actions.pools.fill_in_untouched", lambda *_, **__: [])
    add(year, "people", SALARIED)
    assert problems() == [f"{title_of(request_of('arts'))}: {NOT_AS_FORECAST}"]


def test_a_draft_filled_in_from_the_older_of_two_pools_is_found(
    year: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add(year, "people", SALARIED)
    add(year, "people", FREELANCE)
    with monkeypatch.context() as patched:
        patched.setattr("planning.requests.actions.filling_in.pool_for", lambda *_: first)
        publish(year)
    assert f"{title_of(request_of('arts'))}: {NOT_AS_FORECAST}" in problems()


def test_a_department_accepted_later_has_two_weeks_of_its_own(year: SimpleNamespace) -> None:
    add(year, "money", FUND)
    publish(year)
    late = APRIL + timedelta(days=30)
    accept(year, "sports", late)
    sports, arts = request_of("sports"), request_of("arts")
    assert (sports.due, sports.due_on, arts.due_on) == (date(2027, 5, 15), date(2027, 5, 15), date(2027, 4, 15))
    window = dates_of(Cycle.objects.get(), Stage.REQUEST)
    assert window is not None
    assert (window.due_on, window.grace_until) == (date(2027, 4, 15), date(2027, 4, 22))
    assert {o.record: o.due_on for o in owed(late) if o.kind == "request"}[sports] == date(2027, 5, 15)
    reloaded = request_of("sports")
    for days, is_late in ((44, False), (51, True)):
        actions.submit(reloaded, by=year.cast.bao, at=APRIL + timedelta(days=days), seen=reloaded.version)
        assert reloaded.is_late is is_late
        actions.withdraw(reloaded, by=year.cast.bao, at=APRIL + timedelta(days=days), seen=reloaded.version)
    closed = request_of("sports")
    with pytest.raises(NotNow):
        actions.submit(closed, by=year.cast.bao, at=APRIL + timedelta(days=52), seen=closed.version)


def test_a_late_head_is_told_when_the_request_waits(year: SimpleNamespace) -> None:
    add(year, "money", FUND)
    publish(year)
    accept(year, "sports", APRIL + timedelta(days=30))
    notified = Notice.objects.filter(kind="request", verb="extend").get()
    assert (notified.person, notified.link) == (year.cast.bao, "/2027/requests/sports/")
    assert Entry.objects.filter(kind="request", verb="fill-in", record_id=request_of("sports").pk).count() == 1


def test_what_was_written_already_stays_and_the_rest_is_offered(year: SimpleNamespace) -> None:
    cast = year.cast
    add(year, "money", FUND)
    publish(year)
    line = RequestLine.objects.select_related("request", "pool").get(request__department__slug="arts", metric="money")
    less = actions.AskedLine(line.pool, "", Decimal(1000), forecast_line=line.forecast_line)
    actions.change_line(line, less, by=cast.amina, at=LATE, seen=1)
    add(year, "people", SALARIED)
    arts = request_of("arts")
    assert [row[:3] for row in filled_in("arts")] == [
        ("materials", "Programme fund", 300),
        ("money", "Programme fund", 1000),
    ]
    assert [(figure.metric, left) for figure, left in unasked_figures(arts)] == [("people", 120)]
    actions.fill_in(arts, {}, by=cast.amina, at=LATE, seen=arts.version)
    assert [row[:3] for row in filled_in("arts")][2:] == [("people", "Librarian hours", 120)]
    assert problems() == []
    with pytest.raises(NotReady):
        actions.fill_in(arts, {}, by=cast.amina, at=LATE, seen=arts.version)


def test_only_the_department_fills_its_request_in(year: SimpleNamespace) -> None:
    publish(year)
    arts = request_of("arts")
    for person in (year.cast.bao, year.cast.chidi, year.cast.emil):
        with pytest.raises(NotYours):
            actions.fill_in(arts, {}, by=person, at=LATE, seen=arts.version)


def test_whoever_adds_a_pool_still_decides(year: SimpleNamespace) -> None:
    publish(year)
    add(year, "money", FUND)
    arts = request_of("arts")
    actions.submit(arts, by=year.cast.amina, at=LATE, seen=arts.version)
    for line in arts.lines.order_by("pk"):
        line.request.refresh_from_db()
        actions.grant(line, actions.LineDecision("full"), by=year.cast.chidi, at=LATE, seen=line.request.version)
    arts.refresh_from_db()
    actions.allocate(arts, by=year.cast.chidi, at=LATE, seen=arts.version)


def test_what_is_submitted_is_not_filled_in_any_more(year: SimpleNamespace) -> None:
    add(year, "money", FUND)
    publish(year)
    arts = request_of("arts")
    actions.submit(arts, by=year.cast.amina, at=LATE, seen=arts.version)
    add(year, "people", SALARIED)
    assert [row[0] for row in filled_in("arts")] == ["materials", "money"]


def test_materials_that_a_rate_turns_into_days(year: SimpleNamespace) -> None:
    fund = add(year, "money", FUND)
    days = actions.PoolTerms("Van", "days", Decimal(90), rate=Decimal(45), paid_from=fund, is_usual=True)
    add(year, "materials", days)
    publish(year)
    assert filled_in("arts")[0][:5] == ("materials", "Van", Decimal("6.66"), 45, Decimal("299.70"))


def test_the_head_says_which_pool_on_a_page(year: SimpleNamespace, as_person: Browser, during: datetime) -> None:
    add(year, "money", FUND)
    add(year, "people", SALARIED)
    freelance = add(year, "people", FREELANCE)
    publish(year)
    client = as_person(year.cast.amina)
    assert "1 figure of the forecast is not asked for yet." in client.get("/2027/requests/arts/").content.decode()
    page = client.get("/2027/requests/arts/fill-in/").content.decode()
    assert "Librarian hours" in page
    assert "Freelance hours" in page
    url = "/2027/requests/arts/fill-in/"
    assert post(client, url, seen=1, people="999999").status_code == 422
    blank = post(client, url, seen=1, people="")
    assert blank.status_code == 422
    assert "Say which pool each figure goes to" in blank.content.decode()
    assert post(client, url, seen=1, people=freelance.pk).status_code == 302
    assert filled_in("arts")[2][:3] == ("people", "Freelance hours", 120)
    assert as_person(year.cast.bao).get(url).status_code == 404


def pool(kind: str, **said: object) -> Pool:
    return Pool(kind=kind, **said)


def test_where_a_figure_goes_is_said_or_clear_or_asked() -> None:
    hours, more_hours, fund, lottery = pool("people"), pool("people"), pool("money"), pool("money")
    van = pool("materials", is_paid_for=True)
    assert pool_for(Metric.PEOPLE, [hours, fund, van]) is hours
    assert pool_for(Metric.PEOPLE, [hours, more_hours]) is None
    more_hours.is_usual = True
    assert pool_for(Metric.PEOPLE, [hours, more_hours]) is more_hours
    assert pool_for(Metric.MONEY, [hours, fund]) is fund
    assert pool_for(Metric.MONEY, [fund, lottery]) is None
    assert pool_for(Metric.MATERIALS, [fund]) is fund
    assert pool_for(Metric.MATERIALS, [fund, van]) is None
    lottery.is_usual = True
    assert pool_for(Metric.MONEY, [fund, lottery]) is lottery
    assert pool_for(Metric.MATERIALS, [fund, lottery]) is None
    fund.takes_materials = True
    assert pool_for(Metric.MATERIALS, [fund, lottery, van]) is fund
    assert pool_for(Metric.MONEY, []) is None


def test_one_pool_only_is_usual(year: SimpleNamespace) -> None:
    add(year, "people", SALARIED)
    hours = Pool.objects.get()
    actions.change_pool(hours, terms(hours, is_usual=True), by=year.cast.chidi, at=LATE, seen=1)
    with pytest.raises(NotReady) as refusal:
        add(year, "people", actions.PoolTerms("More", "hours", Decimal(1), is_paid_for=True, is_usual=True))
    assert str(refusal.value) == ("Librarian hours is the usual pool for this already. Take the mark away there first.")
