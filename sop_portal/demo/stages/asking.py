"""Stage 2 of the year being planned: the report came early, so requests are in every state, and more time is asked."""

from datetime import datetime, timedelta
from functools import partial

from budgets.drafting import actions as budgets
from planning.forecasts import actions as forecasts
from planning.requests import actions as requests
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.chinese import said
from sop_portal.demo.stages import allocating
from sop_portal.demo.years import World
from sop_portal.foundation.kit.reasons import Explained

# How far each department is that has handed its request in; the others still write theirs.
SUBMITTED, HALF_DECIDED, RETURNED, ALLOCATED = "Canterbury", "Columbia Little", "Avon", "Chester"
ASKS_NOTHING = "East Haddam"
NAMES = tuple(library.name for library in LIBRARIES)


def plan(world: World) -> None:
    """Put down what happened since the first departments were accepted."""
    agenda, today = world.agenda, world.agenda.today
    agenda.on(today - timedelta(days=9), lambda at: allocating.publish(world, world.coming, at))
    for name in (SUBMITTED, HALF_DECIDED, RETURNED, ALLOCATED):
        agenda.on(today - timedelta(days=7), partial(ask, world, name))
    agenda.on(today - timedelta(days=6), lambda at: waive(world, at))
    agenda.on(today - timedelta(days=5), lambda at: send_back(world, at))
    agenda.on(today - timedelta(days=4), lambda at: decide(world, at))
    agenda.on(today - timedelta(days=3), lambda at: decide_half(world, at))
    agenda.on(today - timedelta(days=2), lambda at: report_again(world, at))
    agenda.on(today - timedelta(days=1), lambda at: begin_budget(world, at))


def library(name: str) -> tuple[Library, int]:
    """A library, and its turn."""
    return LIBRARIES[NAMES.index(name)], NAMES.index(name)


def ask(world: World, name: str, _at: datetime) -> None:
    """A head submits early."""
    allocating.ask(world, world.coming, *library(name))


def waive(world: World, at: datetime) -> None:
    """Ada excuses a department that needs nothing."""
    request = allocating.request_of(world, world.coming, library(ASKS_NOTHING)[0])
    requests.waive(request, by=world.cast["Ada Moreno"], at=at, seen=request.version, comment=said(words.ASKS_NOTHING))


def send_back(world: World, at: datetime) -> None:
    """Chidi asks for a reason that is missing."""
    request = allocating.request_of(world, world.coming, library(RETURNED)[0])
    why = Explained(said(words.REQUEST_SENT_BACK), "evidence")
    requests.send_back(request, by=world.cast["Chidi Okafor"], at=at, seen=request.version, comment=why)


def decide(world: World, _at: datetime) -> None:
    """One request is decided line by line, and allocated."""
    allocating.decide(world, world.coming, *library(ALLOCATED))


def decide_half(world: World, _at: datetime) -> None:
    """Of another the resource team has scored every line, and decided the first."""
    found, turn = library(HALF_DECIDED)
    request, chen = allocating.request_of(world, world.coming, found), world.cast["Chen Jing"]
    for number, line in enumerate(allocating.lines_of(request)):
        score = requests.LineRating(2 + number % 3, 3 + number % 2)
        requests.score_line(line, score, by=chen, at=world.agenda.next(), seen=request.version)
        if number == 0:
            decided = allocating.decision_on(world, world.coming, found, line, turn)
            requests.grant(line, decided, by=chen, at=world.agenda.next(), seen=request.version)


def report_again(world: World, at: datetime) -> None:
    """A second version of the report is begun for those who are accepted meanwhile."""
    forecasts.start_report(
        world.cycle(world.coming), by=world.cast["Chidi Okafor"], at=at, reason=said(words.REPORT_AGAIN)
    )


def begin_budget(world: World, at: datetime) -> None:
    """Dora begins the budget with what is allocated so far."""
    budgets.compile_budget(world.cycle(world.coming), by=world.cast["Dora Weiss"], at=at)
