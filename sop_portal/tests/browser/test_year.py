"""One whole planning year, walked by its cast in a real browser: in English, in Chinese, and without scripts."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser

from planning.cycles.calendar import evaluation_due, report_periods
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.dates import Span, add_months
from sop_portal.foundation.trail.actions import verify
from sop_portal.tests.browser.walk import PASSWORD, Walk

Opens = Callable[[str], Walk]


@pytest.fixture
def grown_cast(transactional_db: None, cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with passwords they can type."""
    for person in vars(cast).values():
        person.set_password(PASSWORD)
        person.save()
    return cast


@pytest.fixture(params=[("en", True), ("zh-hans", True), ("en", False)], ids=["english", "chinese", "without-scripts"])
def way(request: pytest.FixtureRequest) -> tuple[str, bool]:
    """Language, and whether scripts run."""
    found: tuple[str, bool] = request.param
    return found


@pytest.fixture
def opens(browser: Browser, live_server: Any, grown_cast: SimpleNamespace, way: tuple[str, bool]) -> Iterator[Opens]:
    """Somebody opens a browser: `opens("amina")`."""
    walks: dict[str, Walk] = {}

    def open_one(name: str) -> Walk:
        if name not in walks:
            walk = Walk(browser, live_server.url, way[0], scripts=way[1])
            walks[name] = walk.log_in(getattr(grown_cast, name).email)
        return walks[name]

    yield open_one
    for walk in walks.values():
        walk.close()


def test_a_year_from_the_first_forecast_to_the_lesson_on_next_years_form(opens: Opens) -> None:
    today = date.today()
    year = today.year
    run = execution_before(today)
    set_up_the_year(opens, year, today, run)
    forecast(opens, year)
    plan_resources(opens, year)
    budget(opens, year)
    execute(opens, year, run)
    evaluate(opens, year, today)
    next_year(opens, year)
    assert verify() == []
    assert problems() == []


def execution_before(today: date) -> Span:
    """The last two months, or until yesterday where invoices of the last month are too late already."""
    first, last = add_months(today.replace(day=1), -2), today.replace(day=1) - timedelta(days=1)
    return Span(first, last if today <= evaluation_due(last) else today - timedelta(days=1))


def set_up_the_year(opens: Opens, year: int, today: date, run: Span) -> None:
    """Ada sets the year up, with the windows around today and an execution that is just over, and publishes it."""
    ada = opens("ada").go("/set-up/years/new/")
    ada.fill(
        year=str(year),
        starts_month=str(today.month),
        starts_on=run.first.isoformat(),
        ends_on=run.last.isoformat(),
    )
    ada.press("Set up the year")
    ada.go(f"/{year}/publish/").press("Publish the year").sees("Published")


def forecast(opens: Opens, year: int) -> None:
    """Amina and Bao forecast, Chidi accepts and publishes the demand report."""
    for head, department in (("amina", "arts"), ("bao", "sports")):
        walk = opens(head).go(f"/{year}/forecasts/{department}/add/")
        walk.fill(name="Story hours", purpose="Reading aloud on Saturdays")
        if department == "arts":
            walk.choose("lead", "Ben Carter")
        walk.press("Add project")
        walk.go(f"/{year}/forecasts/{department}/project/story-hours/")
        walk.fill(activities="24", participants="480", people="120", materials="900.50", money="4200")
        walk.fill(source="feedback", reason="Two schools have a waiting list")
        walk.press("Check answers").reads("480").press("Submit forecast").sees("Submitted")
    chidi = opens("chidi")
    chidi.go(f"/{year}/forecasts/arts/send-back/").fill(reason="missing", comment="Which schools?").press(
        "Send back with a comment"
    )
    amina = opens("amina").go("/").reads("Which schools?")
    amina.go(f"/{year}/forecasts/arts/project/story-hours/").fill(reason="Mead and Prendergast: 140 children wait")
    amina.press("Check answers").press("Submit forecast")
    for department in ("arts", "sports"):
        chidi.go(f"/{year}/forecasts/{department}/accept/").press("Accept forecast").sees("Accepted")
    chidi.go(f"/{year}/report/start/").press("Start the version")
    chidi.go(f"/{year}/report/1/publish/").fill(is_as_planned="today").press("Publish demand report").sees("Published")


def plan_resources(opens: Opens, year: int) -> None:
    """Chidi keeps the pools; the departments ask for more than was filled in; Chidi grants in full and in part."""
    chidi = opens("chidi")
    hours = {"name": "Librarian hours", "kind": "people", "unit": "hours", "capacity": "300", "is_paid_for": "on"}
    fund = {"name": "Programme fund", "kind": "money", "unit": "USD", "capacity": "10700"}
    for pool in (hours, fund):
        chidi.go(f"/{year}/pools/new/").fill(**pool).press("Add the pool")
    for head, department in (("amina", "arts"), ("bao", "sports")):
        walk = opens(head)
        walk.go(f"/{year}/requests/{department}/line/new/").choose("project", "Story hours")
        walk.choose("pool", walk.said("%(pool)s (%(unit)s)", pool="Programme fund", unit="USD"))
        walk.fill(what="Cushions", quantity="300", why="A second group").press("Add the line").reads("Cushions")
        walk.go(f"/{year}/requests/{department}/check/").press("Submit request").sees("Submitted")
    chidi.go(f"/{year}/allocation/")
    # What is decided moves up where the page is loaded anew, so that each line is found by its own name.
    for row in chidi.page.locator("tr[id^=line-]").evaluate_all("rows => rows.map((row) => row.id)"):
        chidi.decide(row, part="Cushions")
    chidi.go(f"/{year}/allocation/").press_first("form[action*='finish'] button")
    opens("amina").go(f"/{year}/requests/arts/").sees("Allocated")


def budget(opens: Opens, year: int) -> None:
    """Dora compiles and shares, Amina contests, Dora settles, both confirm, Emil approves."""
    dora = opens("dora").go(f"/{year}/budget/compile/").press("Compile the budget")
    dora.go(f"/{year}/budget/1/share/").press("Share with departments")
    opens("bao").go(f"/{year}/budget/1/departments/sports/confirm/").press("Confirm lines").sees("Confirmed")
    arts = f"/{year}/budget/1/departments/arts/"
    amina = opens("amina").go(f"{arts}contest/")
    amina.page.locator("[name^=wanted_]").first.fill("800")
    amina.page.locator("[name^=reason_]").first.fill("The storyteller comes twice only")
    amina.press("Contest lines").sees("Contested")
    dora.go(f"{arts}settle/").reads("The storyteller comes twice only")
    dora.page.locator("[name^=amount_]").first.fill("800")
    dora.fill(comment="Changed as you say").press("Change the lines").sees("Awaiting")
    amina.go(f"{arts}confirm/").press("Confirm lines").sees("Confirmed")
    dora.go(f"/{year}/budget/1/propose/").press("Propose budget").sees("Proposed")
    opens("emil").go(f"/{year}/budget/1/approve/").press("Approve budget").sees("Approved")


def execute(opens: Opens, year: int, run: Span) -> None:
    """Amina starts the project, Ben spends and reports, Emil accepts the report."""
    opens("amina").go(f"/{year}/projects/arts/story-hours/activate/").press("Start project").sees("Active")
    ben = opens("ben").go(f"/{year}/projects/arts/story-hours/").press("Post expense")
    if ben.page.locator("select[name=line]").count():
        ben.page.locator("select[name=line]").select_option(index=1)
        ben.press("Continue")
    ben.fill(amount="186.00", spent_on=run.first.isoformat(), what="Picture books")
    ben.press_or_replace("Check").press("Post expense").reads("186.00")
    for period in report_periods(run.first, run.last):
        report(opens, f"/{year}/progress/arts/story-hours/{period.first_on:%Y-%m}/")


def report(opens: Opens, where: str) -> None:
    """Ben reports a month, Emil accepts it."""
    ben = opens("ben").go(where)
    ben.fill(activities_held="8", participants_reached="160", problems="The room was double-booked once")
    ben.fill(outlook="A second group from next month", explanation="The second group started late").press(
        "Save and check answers"
    )
    ben.press("Submit report").sees("Submitted")
    opens("emil").go(f"{where}accept/").press("Accept report").sees("Accepted")


def evaluate(opens: Opens, year: int, today: date) -> None:
    """Amina completes and evaluates, Emil reviews and adopts two measures, Ben does one, Elif verifies it."""
    amina = opens("amina").go(f"/{year}/projects/arts/story-hours/complete/").press("Complete project")
    amina.go(f"/{year}/evaluations/arts/story-hours/").fill(
        reached="A third of the children came twice",
        problems="The room was double-booked",
        better="Book the room in May",
        explanation="The second group starts only next year",
    ).press("Save")
    amina.fill(lesson="Saturday groups fill within two weeks").press("Add lesson")
    for measure in ("Label the boxes", "Book the Saturday room in May"):
        amina.fill(what=measure).press("Propose measure")
    amina.go(f"/{year}/evaluations/arts/story-hours/check/").press("Submit evaluation").sees("Submitted")
    emil = opens("emil").go(f"/{year}/evaluations/arts/story-hours/review/").press("Conclude review").sees("Reviewed")
    for number in (1, 2):
        emil.go(f"/{year}/improvements/{number}/adopt/").choose("owner", "Ben Carter")
        emil.fill(due=(today + timedelta(days=30)).isoformat()).press("Adopt measure").sees("Adopted")
    ben = opens("ben").go(f"/{year}/improvements/1/finish/")
    ben.fill(evidence="Photographs of the shelf").press("Report as done").sees("Done")
    opens("elif").go(f"/{year}/improvements/1/verify/").press("Verify measure").sees("Verified")


def next_year(opens: Opens, year: int) -> None:
    """The next year's form shows the figures, the lesson and the measure that is still open."""
    ada = opens("ada").go("/set-up/years/new/")
    ada.fill(year=str(year + 1), starts_month=str(date.today().month)).press("Set up the year")
    ada.go(f"/{year + 1}/publish/").press("Publish the year")
    amina = opens("amina").go(f"/{year + 1}/forecasts/arts/project/story-hours/")
    amina.reads("Saturday groups fill within two weeks").reads("Book the Saturday room in May")
    assert "Label the boxes" not in amina.page.locator("body").inner_text()
