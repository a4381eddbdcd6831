"""Stage 1 in the demonstration: departments fill in and submit, the resource team accepts, sends back, publishes."""

from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal

from planning.cycles import actions as cycles
from planning.forecasts import actions as forecasts
from planning.forecasts.actions import Typed
from planning.models import Forecast, ForecastFigure, ForecastLine, Stage
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.history import kinds_of, last_figures
from sop_portal.demo.years import DemoYear, World
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow import actions as talk

TEN = Decimal("1E1")
# In the year being planned: how far each department is, by its place in the alphabet.
STILL_DRAFT = ("Ashford Babcock", "East Hampton", "East Lyme")
STILL_SUBMITTED = ("Beacon Falls", "Bristol", "Deep River")
FILED_LATE = "Deep River"


def reviewer(world: World, turn: int) -> User:
    """Chidi and Chen take turns."""
    return world.cast[("Chidi Okafor", "Chen Jing")[turn % 2]]


def forecast_of(world: World, year: DemoYear, library: Library) -> Forecast:
    """A department's forecast as it is now."""
    cycle, department = world.cycles[year.number], world.cast.departments[library.name]
    return Forecast.objects.select_related("cycle", "department").get(cycle=cycle, department=department)


def plan(world: World, year: DemoYear) -> None:
    """Put down everything stage 1 of a year consists of."""
    world.agenda.on(year.forecast_from - timedelta(days=1), lambda at: open_year(world, year, at))
    for turn, library in enumerate(LIBRARIES):
        plan_department(world, year, library, turn)
    if year is world.coming:
        world.agenda.on(world.agenda.today - timedelta(days=3), lambda at: give_time(world, year, at))


def open_year(world: World, year: DemoYear, at: datetime) -> None:
    """Ada publishes the year; every department gets its draft."""
    cycle = world.cycle(year)
    world.cycles[year.number] = forecasts.publish_year(cycle, by=world.cast["Ada Moreno"], at=at, seen=cycle.version)


def plan_department(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """One department fills in, submits and is answered."""
    agenda, is_coming = world.agenda, year is world.coming
    fills_on = year.forecast_from + timedelta(days=4 + turn if is_coming else 20 + 3 * turn)
    if is_coming and library.name == "East Hampton":
        return
    agenda.on(fills_on, lambda at: fill_in(world, year, library, turn))
    if is_coming and library.name in STILL_DRAFT:
        return
    submits_on = fills_on + timedelta(days=3 if is_coming else 9)
    if library.name == FILED_LATE and not is_coming:
        submits_on = year.forecast_due + timedelta(days=3)
    if library.name == "Ansonia Library" and is_coming:
        submits_on = agenda.today - timedelta(days=7)
    agenda.on(submits_on, lambda at: submit(world, year, library, at))
    if is_coming and library.name in STILL_SUBMITTED:
        return
    plan_answer(world, year, library, turn)


def plan_answer(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """The resource team sends two back and accepts the others."""
    agenda, is_coming = world.agenda, year is world.coming
    answered_on = year.forecast_due + timedelta(days=4)
    if is_coming:
        answered_on = min(agenda.today - timedelta(days=1), year.forecast_from + timedelta(days=10 + turn))
    if is_coming and library.name == "Ansonia Library":
        agenda.on(agenda.today - timedelta(days=3), lambda at: send_back(world, year, library, turn, at))
        agenda.on(agenda.today - timedelta(days=1), lambda at: ask_about(world, year, library, at))
        return
    if library.name == "Chester" and year is world.running:
        agenda.on(answered_on - timedelta(days=12), lambda at: send_back(world, year, library, turn, at))
        agenda.on(answered_on - timedelta(days=9), lambda at: submit(world, year, library, at, words.RESUBMITTED))
    agenda.on(answered_on, lambda at: accept(world, year, library, turn, at))


def fill_in(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """Leads and heads look at the proposals, and type where they know better."""
    forecast = forecast_of(world, year, library)
    if year is world.last:
        add_projects(world, library, forecast)
    for line in ForecastLine.objects.filter(forecast=forecast).select_related("project__lead").order_by("pk"):
        line.forecast = forecast
        typed = better_figures(year is world.last, library, line, turn)
        if typed:
            by = line.project.lead or world.cast.head(library)
            forecasts.set_figures(line, typed, by=by, at=world.agenda.next(), seen=forecast.version)
    if year is world.coming and library.name == "Columbia Little":
        leave_out_delivery(world, library, forecast)


def add_projects(world: World, library: Library, forecast: Forecast) -> None:
    """In the first year the heads name their projects; later years carry them over."""
    for number, kind in enumerate(kinds_of(library)):
        lead = world.cast[library.leads[number % len(library.leads)]]
        forecasts.add_project(
            forecast,
            forecasts.NewProject(kind.name, lead=lead, purpose=kind.purpose, importance=kind.importance),
            by=world.cast.head(library),
            at=world.agenda.next(),
        )


def leave_out_delivery(world: World, library: Library, forecast: Forecast) -> None:
    """One project is not planned, with the reason."""
    line = ForecastLine.objects.select_related("project").get(forecast=forecast, project__slug="home-delivery")
    line.forecast = forecast
    forecasts.leave_out(
        line, why=words.WHY_NOT, by=world.cast.head(library), at=world.agenda.next(), seen=forecast.version
    )


def better_figures(is_last: bool, library: Library, line: ForecastLine, turn: int) -> dict[str, Typed]:
    """What somebody typed instead of the proposal: where prices rise, and where a waiting list is long."""
    proposals = dict(ForecastFigure.objects.filter(line=line).values_list("metric", "proposal"))
    typed: dict[str, Typed] = {}
    if is_last:
        # The money of the last year has to reach for what the libraries really spent in it.
        real = last_figures(library)[line.project.name]
        for metric in ("materials", "money"):
            spent = real[metric] or Decimal(0)
            if spent * Decimal("1.02") > (proposals[metric] or 0):
                typed[metric] = higher(spent * Decimal("1.06"), library, turn)
    elif line.project.slug == "story-hours" and turn % 3 == 0:
        typed["participants"] = waiting_list(proposals["participants"], turn)
    elif line.project.slug == "makerspace":
        fewer = Decimal("0.9") * (proposals["materials"] or 0)
        typed["materials"] = Typed(fewer.quantize(TEN), "feedback", words.FEWER)
    elif line.project.slug == "summer-reading" and turn % 4 == 1:
        typed["money"] = higher((proposals["money"] or Decimal(0)) * Decimal("1.05"), library, turn)
    return typed


def higher(figure: Decimal, library: Library, turn: int) -> Typed:
    """A higher figure because prices rise."""
    rounded = figure.quantize(TEN, ROUND_UP).quantize(Decimal(1))
    return Typed(rounded, "trend", words.of(library, words.PRICES, words.PRICES_ZH, turn))


def waiting_list(proposal: Decimal | None, turn: int) -> Typed:
    """More participants because some had to wait."""
    more = ((proposal or Decimal(0)) * Decimal("1.09")).quantize(TEN).quantize(Decimal(1))
    return Typed(more, "history" if turn else "feedback", words.WAITING_LISTS[turn % len(words.WAITING_LISTS)])


def submit(world: World, year: DemoYear, library: Library, at: datetime, comment: str = "") -> None:
    """The head submits."""
    forecast = forecast_of(world, year, library)
    forecasts.submit(forecast, by=world.cast.head(library), at=at, seen=forecast.version, comment=comment)


def accept(world: World, year: DemoYear, library: Library, turn: int, at: datetime) -> None:
    """The resource team accepts."""
    forecast = forecast_of(world, year, library)
    forecasts.accept(forecast, by=reviewer(world, turn), at=at, seen=forecast.version)


def send_back(world: World, year: DemoYear, library: Library, turn: int, at: datetime) -> None:
    """The resource team asks back."""
    forecast, comment = forecast_of(world, year, library), words.SENT_BACK[library.name]
    forecasts.send_back(forecast, by=reviewer(world, turn), at=at, seen=forecast.version, comment=comment)


def ask_about(world: World, year: DemoYear, library: Library, at: datetime) -> None:
    """Ben helps Amina with what was asked."""
    talk.comment("forecast", forecast_of(world, year, library), words.ASKED_BACK, by=world.cast["Ben Carter"], at=at)


def give_time(world: World, year: DemoYear, at: datetime) -> None:
    """East Lyme gets two more weeks."""
    until = year.forecast_due + timedelta(days=14)
    department = world.cast.departments["East Lyme"]
    cycles.extend(
        world.cycle(year),
        cycles.MoreTime(Stage.FORECAST, department, until, words.LATE_EXTENSION),
        by=world.cast["Elif Aydin"],
        at=at,
    )
