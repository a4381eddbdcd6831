"""What was hard in the demonstration: the heads answer after each stage of the running year, most of them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from evaluations.feedback.actions import answer_stage
from evaluations.feedback.queries import acts_in
from evaluations.meetings.actions import SeriesTerms, plan_series
from planning.models import Stage
from sop_portal.demo.cast import LIBRARIES
from sop_portal.demo.chinese import said
from sop_portal.demo.years import DemoYear, World

# An answer for each library in turn, with a word beside some of them.
FORECAST = (
    ("easy", ""),
    ("fine", ""),
    ("fine", "Past figures of volunteers"),
    ("easy", ""),
    ("hard", ""),
    ("fine", ""),
)
REQUEST = (
    ("hard", "I did not know how urgent 3 is and how urgent 5 is."),
    ("hard", "Two weeks, and one of them was the school holidays."),
    ("fine", ""),
    ("hard", "紧急程度不好选"),
    ("easy", ""),
)
# Too few for anything to be shown.
BUDGET = (("fine", ""), ("easy", ""), ("fine", ""))
# A stage is over once late work is no longer accepted, a week after its day.
AFTER = timedelta(days=9)
NEXT_MEETING = timedelta(days=98)
FRIDAY = 4


def plan(world: World) -> None:
    """Answers once each stage is over, and the rule by which the next meetings come back."""
    agenda, year = world.agenda, world.running
    for stage, day, answers, count in (
        (Stage.FORECAST, year.forecast_due, FORECAST, 11),
        (Stage.REQUEST, year.request_due + timedelta(days=14), REQUEST, 10),
        (Stage.BUDGET, year.starts_on, BUDGET, len(BUDGET)),
    ):
        agenda.on(day + AFTER, partial(answer, world, year, stage, answers[:count], count))
    agenda.on(agenda.today - timedelta(days=1), lambda at: plan_meetings(world, year, at))


def answer(
    world: World, year: DemoYear, stage: str, answers: Sequence[tuple[str, str]], count: int, at: datetime
) -> None:
    """So many heads who acted in the stage say how it was."""
    cycle = world.cycle(year)
    for turn, library in enumerate(LIBRARIES[:count]):
        head, (felt, word) = world.cast.head(library), answers[turn % len(answers)]
        if acts_in(cycle, stage, head).exists():
            first = word if turn < len(answers) else ""
            answer_stage(cycle, stage, answer=felt, word=said(first), by=head, at=world.agenda.next())


def plan_meetings(world: World, year: DemoYear, at: datetime) -> None:
    """Emil plans the meetings that follow the one that is called: every three months, eight libraries to decide."""
    first: date = world.agenda.today + NEXT_MEETING
    first -= timedelta(days=max(0, first.weekday() - FRIDAY))
    terms = SeriesTerms(first, 3, said("Avon, community room"), time(14), 90, 8)
    plan_series(world.cycle(year), terms, by=world.cast["Emil Novak"], at=at)
