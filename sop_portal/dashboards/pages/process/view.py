"""The review of the process: how it went beside the year before; every figure leads to its records."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.spending.exports import spreadsheet
from evaluations.models import ChangeProposal
from evaluations.proposals.workflow import PROPOSAL
from evaluations.reviews.queries import ForecastResult, forecast_results
from planning.cycles.queries import cycle_of
from planning.models import Cycle, Extension, Metric
from sop_portal.dashboards.figures import whole_days
from sop_portal.dashboards.pages.process.results import (
    exceptions_table,
    feedback_table,
    forecast_table,
    givers_table,
    missed_table,
    money_table,
)
from sop_portal.dashboards.pages.process.stage_answers import hard_words
from sop_portal.dashboards.pages.process.steps import (
    back_tables,
    hard_table,
    is_slower,
    late_table,
    step_called,
    steps_table,
)
from sop_portal.dashboards.pages.process.tables import DepartmentNames, ReviewTable, records_url
from sop_portal.dashboards.queries.money import money_by_department
from sop_portal.dashboards.queries.process import (
    StepTimes,
    TakenStep,
    contested_in,
    late_records,
    overruled_in,
    sent_back,
    steps_in,
    times_of,
)
from sop_portal.dashboards.queries.process_results import (
    exceptions_counted,
    feedback_in,
    missed,
    money_back,
    of_metric,
)
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Button, NextBox, Tile
from sop_portal.foundation.kit.filters import refuse_unknown
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can

MOST_PROPOSALS = 20


@dataclass(frozen=True)
class ReviewedYear:
    """A year and the one before it as somebody reads them."""

    cycle: Cycle
    before: Cycle | None
    actor: Actor

    @cached_property
    def steps(self) -> list[TakenStep]:
        """The steps of the year."""
        return steps_in(self.cycle, self.actor)

    @cached_property
    def earlier(self) -> list[TakenStep]:
        """The steps of the year before."""
        return steps_in(self.before, self.actor) if self.before else []

    @cached_property
    def times(self) -> tuple[dict[str, StepTimes], dict[str, StepTimes]]:
        """How long each step took in both."""
        return times_of(self.steps), times_of(self.earlier)

    @cached_property
    def results(self) -> tuple[list[ForecastResult], list[ForecastResult]]:
        """Forecasts beside results in both."""
        before = list(forecast_results(self.before, self.actor)) if self.before else []
        return list(forecast_results(self.cycle, self.actor)), before


def reviewed_year(request: Request, year: int) -> ReviewedYear:
    """The year of the address and the one before it."""
    cycle = cycle_of(request, year)
    refuse_unknown(request.GET)
    before = Cycle.objects.visible_to(request.actor).filter(year=cycle.year - 1).first()
    return ReviewedYear(cycle, before, request.actor)


@page()
def process_review(request: Request, *, year: int) -> HttpResponse:
    """The year's process beside that of the year before."""
    review = reviewed_year(request, year)
    cycle, actor = review.cycle, request.actor
    may_propose = not cycle.is_closed and actor.may(Can.PROPOSE_CHANGE)
    context = {
        "cycle": cycle,
        "before": review.before,
        "next": slower_box(review, may_propose=may_propose),
        "steps": len(review.steps),
        "steps_url": records_url(cycle, what="steps"),
        "tiles": tiles(review),
        "tables": {table.key: table for table in tables_of(review, request.today)},
        "hard_words": hard_words(cycle),
        "lines": proposals_shown(cycle, actor),
        "may_propose": may_propose,
    }
    return render(request, "dashboards/process.html", context)


@page()
def process_export(request: Request, *, year: int, kind: str) -> HttpResponseBase:
    """The whole review as a spreadsheet: one row for every figure."""
    review = reviewed_year(request, year)
    header = [_("Part of the review"), _("Row"), _("Column"), _("Figure")]
    rows = [
        [str(part), str(name), str(column), str(value) if isinstance(value, str) else value]
        for table in tables_of(review, request.today)
        for part, name, column, value in table.cells
    ]
    title = _("Review of the process %(year)s") % {"year": review.cycle.year}
    return spreadsheet(kind, f"process-review-{review.cycle.year}", title, header, rows)


def tables_of(review: ReviewedYear, on: date) -> list[ReviewTable]:
    """Every part of the review, in the order in which it is read."""
    cycle, before, actor = review.cycle, review.before, review.actor
    names = DepartmentNames()
    money = (money_by_department(cycle, actor), money_by_department(before, actor) if before else [])
    comparable = before if before and before.currency == cycle.currency else None
    said, said_before = feedback_in(cycle, actor), feedback_in(before, actor)
    found = [
        steps_table(cycle, *review.times),
        *back_tables(cycle, sent_back(review.steps), names),
        late_table(cycle, late_records(cycle, actor), names),
        hard_table(cycle),
        forecast_table(cycle, *review.results),
        missed_table(cycle, review.results[0], names),
        exceptions_table(cycle, exceptions_counted(cycle, actor), exceptions_counted(before, actor), names),
        money_table(cycle, money, (money_back(cycle, actor), money_back(comparable, actor)), names, on),
        feedback_table(cycle, said, said_before, on),
        givers_table(cycle, said, names),
    ]
    return [table.beside(before) for table in found]


def slower_box(review: ReviewedYear, *, may_propose: bool) -> NextBox | None:
    """The step that has become slower most, and what is proposed about the process; None where none has."""
    times, earlier = review.times
    slower = [(found, earlier[name]) for name, found in times.items() if is_slower(found, earlier.get(name))]
    if not slower or review.before is None:
        return None
    found, then = max(slower, key=lambda pair: pair[0].half - pair[1].half)
    words = {"step": step_called(found.name), "year": review.before.year}
    took = {"now": formats.days(whole_days(found.half)), "before": formats.days(whole_days(then.half))}
    said = [_("Half of them were done within %(now)s, a year before within %(before)s.") % took]
    waiting = ChangeProposal.objects.filter(cycle=review.cycle, state=PROPOSAL.initial).count()
    proposals = address("proposals", review.cycle.year)
    buttons = []
    if waiting:
        more = ngettext("%(count)s change is proposed.", "%(count)s changes are proposed.", waiting)
        said.append(more % {"count": waiting})
        buttons = [Button(_("Read the proposals"), proposals, is_primary=True)]
    elif may_propose:
        here = address("process-review", review.cycle.year)
        buttons = [Button(_("Propose a change"), f"{address('proposal-new', review.cycle.year)}?came_from={here}")]
    title = _("%(step)s takes longer than in %(year)s") % words
    return NextBox(title, formats.sentences(said), "", "lightbulb", buttons=buttons)


def proposals_shown(cycle: Cycle, actor: Actor) -> list[tuple[ChangeProposal, str, bool]]:
    """The changes that are proposed in the year, the newest first."""
    rows = ChangeProposal.objects.filter(cycle=cycle).visible_to(actor).select_related("cycle", "proposed_by")
    return [(row, PROPOSAL.tones[row.state], row.state in PROPOSAL.closed) for row in rows[:MOST_PROPOSALS]]


def tiles(review: ReviewedYear) -> list[Tile]:
    """The year in six figures, each with last year's."""
    cycle, before = review.cycle, review.before
    back = (len(sent_back(review.steps)), len(sent_back(review.earlier)))
    counts: tuple[tuple[StrOrPromise, tuple[int, int], str], ...] = (
        (_("Sent back"), back, records_url(cycle, what="back")),
        (_("Handed in late"), both(late_count, review), records_url(cycle, what="late")),
        (_("Extensions"), both(extension_count, review), f"{cycle.get_absolute_url()}#extensions"),
        (_("Lines contested"), both(contested_count, review), records_url(cycle, what="contested")),
        (_("Lines overruled"), both(overruled_count, review), records_url(cycle, what="overruled")),
    )
    found = [
        Tile(name, formats.number(now), note=noted(formats.number(then), before), url=url)
        for name, (now, then), url in counts
    ]
    now, then = (missed(of_metric(results, Metric.PARTICIPANTS)).error for results in review.results)
    url = records_url(cycle, what="missed", measure=Metric.PARTICIPANTS) if now is not None else ""
    error = Tile(_("Forecast error, participants"), formats.percent(now, 1), url=url)
    return [*found, Tile(error.name, error.figure, note=noted(formats.percent(then, 1), before), url=url)]


def noted(figure: str, before: Cycle | None) -> str:
    """ "44 in 2025"; nothing where there is no year before."""
    return _("%(count)s in %(year)s") % {"count": figure, "year": before.year} if before else ""


def both(count: Callable[[Cycle, Actor], int], review: ReviewedYear) -> tuple[int, int]:
    """A figure of this year, and of the year before."""
    return count(review.cycle, review.actor), count(review.before, review.actor) if review.before else 0


def late_count(cycle: Cycle, actor: Actor) -> int:
    """How much was handed in after its day."""
    return len(late_records(cycle, actor))


def extension_count(cycle: Cycle, actor: Actor) -> int:
    """How often somebody got more time; everybody sees that."""
    return Extension.objects.filter(cycle=cycle).count()


def contested_count(cycle: Cycle, actor: Actor) -> int:
    """How many lines departments contested, whatever became of them."""
    return contested_in(cycle, actor).count()


def overruled_count(cycle: Cycle, actor: Actor) -> int:
    """How many contested lines were overruled."""
    return overruled_in(cycle, actor).count()
