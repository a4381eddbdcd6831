"""Stage 1 in the demonstration: departments fill in and submit, the resource team accepts, sends back, publishes."""

from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal
from functools import partial

from planning.cycles import actions as cycles
from planning.extensions import actions as extensions
from planning.forecasts import actions as forecasts
from planning.forecasts.actions import Typed
from planning.models import ExtensionRequest, Forecast, ForecastFigure, ForecastLine, Stage
from planning.requests import actions as requests
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.chinese import said
from sop_portal.demo.history import kind_of, kinds_of, last_figures
from sop_portal.demo.years import DemoYear, World
from sop_portal.foundation.kit.reasons import Explained
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow import actions as talk

TEN = Decimal("1E1")
# In the year being planned: how far each department is, by its place in the alphabet.
STILL_DRAFT = ("Ashford Babcock", "East Lyme")
EXCUSED = "East Hampton"
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
        world.agenda.on(world.agenda.today - timedelta(days=11), lambda at: waive(world, year, at))
        world.agenda.on(world.agenda.today - timedelta(days=3), lambda at: give_time(world, year, at))
        world.agenda.on(world.agenda.today - timedelta(days=2), lambda at: ask_time(world, year, "Ashford Babcock", at))
    if year is world.running:
        plan_requests_for_time(world, year)


def plan_requests_for_time(world: World, year: DemoYear) -> None:
    """Three departments asked for more time: one got it, one did not, one needed it no longer."""
    agenda, asked_on = world.agenda, year.forecast_from + timedelta(days=16)
    for name in ("Beacon Falls", FILED_LATE, "Canterbury"):
        agenda.on(asked_on, partial(ask_time, world, year, name))
    agenda.on(asked_on + timedelta(days=2), lambda at: answer_requests_for_time(world, at))


def open_year(world: World, year: DemoYear, at: datetime) -> None:
    """Ada publishes the year; every department gets its draft."""
    cycle = world.cycle(year)
    world.cycles[year.number] = forecasts.publish_year(cycle, by=world.cast["Ada Moreno"], at=at, seen=cycle.version)


def plan_department(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """One department fills in, submits and is answered."""
    agenda, is_coming = world.agenda, year is world.coming
    fills_on = year.forecast_from + timedelta(days=4 + turn if is_coming else 20 + 3 * turn)
    if is_coming and library.name == EXCUSED:
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
        agenda.on(answered_on - timedelta(days=9), lambda at: submit(world, year, library, at, said(words.RESUBMITTED)))
    agenda.on(answered_on, lambda at: accept(world, year, library, turn, at))


def fill_in(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """Leads and heads look at the proposals, and type where they know better."""
    forecast = forecast_of(world, year, library)
    if year is world.last:
        add_projects(world, library, forecast)
    for line in ForecastLine.objects.filter(forecast=forecast).select_related("project__lead").order_by("pk"):
        line.forecast = forecast
        typed = better_figures(year is world.last, library, line, turn)
        by = line.project.lead or world.cast.head(library)
        forecasts.set_figures(line, typed, by=by, at=world.agenda.next(), seen=forecast.version)
    if year is world.coming and library.name == "Columbia Little":
        leave_out_delivery(world, library, forecast)


def add_projects(world: World, library: Library, forecast: Forecast) -> None:
    """In the first year the heads name their projects; later years carry them over."""
    for number, kind in enumerate(kinds_of(library)):
        lead = world.cast[library.leads[number % len(library.leads)]]
        project = forecasts.add_project(
            forecast,
            forecasts.NewProject(said(kind.name), lead=lead, purpose=said(kind.purpose)),
            by=world.cast.head(library),
            at=world.agenda.next(),
        )
        requests.set_importance(project, kind.importance, by=world.cast["Chidi Okafor"], at=world.agenda.next())


def leave_out_delivery(world: World, library: Library, forecast: Forecast) -> None:
    """One project is not planned, with the reason."""
    line = ForecastLine.objects.select_related("project").get(forecast=forecast, project__name=said("Home delivery"))
    line.forecast = forecast
    forecasts.leave_out(
        line, why=said(words.WHY_NOT), by=world.cast.head(library), at=world.agenda.next(), seen=forecast.version
    )


def better_figures(is_last: bool, library: Library, line: ForecastLine, turn: int) -> dict[str, Typed]:
    """What somebody typed instead of the proposal: where prices rise, and where a waiting list is long."""
    proposals = dict(ForecastFigure.objects.filter(line=line).values_list("metric", "proposal"))
    typed: dict[str, Typed] = {}
    kind = kind_of(line.project).name
    if is_last:
        # The money of the last year has to reach for what the libraries really spent in it.
        real = last_figures(library)[kind]
        for metric in ("materials", "money"):
            spent = real[metric] or Decimal(0)
            if spent * Decimal("1.02") > (proposals[metric] or 0):
                typed[metric] = higher(spent * Decimal("1.06"), library, turn)
    elif kind == "Story hours" and turn % 3 == 0:
        typed["participants"] = waiting_list(proposals["participants"], turn)
    elif kind == "Makerspace":
        fewer = Decimal("0.9") * (proposals["materials"] or 0)
        typed["materials"] = Typed(fewer.quantize(TEN), "feedback", said(words.FEWER))
    elif kind == "Summer reading" and turn % 4 == 1:
        typed["money"] = higher((proposals["money"] or Decimal(0)) * Decimal("1.05"), library, turn)
    return typed


def higher(figure: Decimal, library: Library, turn: int) -> Typed:
    """A higher figure because prices rise."""
    rounded = figure.quantize(TEN, ROUND_UP).quantize(Decimal(1))
    return Typed(rounded, "trend", words.of(library, words.PRICES, words.PRICES_ZH, turn))


def waiting_list(proposal: Decimal | None, turn: int) -> Typed:
    """More participants because some had to wait."""
    more = ((proposal or Decimal(0)) * Decimal("1.09")).quantize(TEN).quantize(Decimal(1))
    return Typed(more, "history" if turn else "feedback", said(words.WAITING_LISTS[turn % len(words.WAITING_LISTS)]))


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
    forecast, comment = forecast_of(world, year, library), said(words.SENT_BACK[library.name])
    why = Explained(comment, "figure" if turn else "missing")
    forecasts.send_back(forecast, by=reviewer(world, turn), at=at, seen=forecast.version, comment=why)


def ask_about(world: World, year: DemoYear, library: Library, at: datetime) -> None:
    """Ben helps Amina with what was asked."""
    talk.comment(
        "forecast", forecast_of(world, year, library), said(words.ASKED_BACK), by=world.cast["Ben Carter"], at=at
    )


def give_time(world: World, year: DemoYear, at: datetime) -> None:
    """East Lyme gets two more weeks."""
    until = year.forecast_due + timedelta(days=14)
    department = world.cast.departments["East Lyme"]
    cycles.extend(
        world.cycle(year),
        cycles.MoreTime(Stage.FORECAST, department, until, said(words.LATE_EXTENSION)),
        by=world.cast["Elif Aydin"],
        at=at,
    )


def waive(world: World, year: DemoYear, at: datetime) -> None:
    """Ada excuses a department from forecasting."""
    library = next(found for found in LIBRARIES if found.name == EXCUSED)
    forecast, ada = forecast_of(world, year, library), world.cast["Ada Moreno"]
    forecasts.waive(forecast, by=ada, at=at, seen=forecast.version, comment=said(words.EXCUSED))


def ask_time(world: World, year: DemoYear, name: str, at: datetime) -> None:
    """A head asks for more time for the forecast."""
    head = next(library.head for library in LIBRARIES if library.name == name)
    until, department = year.forecast_due + timedelta(days=7), world.cast.departments[name]
    wanted = cycles.MoreTime(Stage.FORECAST, department, until, said(words.MORE_TIME[name]))
    extensions.ask(world.cycle(year), wanted, by=world.cast[head], at=at)


def answer_requests_for_time(world: World, at: datetime) -> None:
    """Emil grants one and refuses one; the third is withdrawn by whoever asked."""
    emil, rows = world.cast["Emil Novak"], ExtensionRequest.objects.select_related("cycle", "department")
    granted, refused, needless = (
        rows.get(department=world.cast.departments[name]) for name in ("Beacon Falls", FILED_LATE, "Canterbury")
    )
    extensions.grant(granted, by=emil, at=at, seen=granted.version)
    extensions.refuse(
        refused, by=emil, at=world.agenda.next(), seen=refused.version, comment=said(words.MORE_TIME_REFUSED)
    )
    head = world.cast["Henry Walsh"]
    extensions.withdraw(needless, by=head, at=world.agenda.next(), seen=needless.version)
