"""What the process led to: exceptions, forecasts beside results, money not used, feedback, and a year before."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.models import SpendingException
from evaluations.models import Feedback
from evaluations.reviews.models import COUNTED
from evaluations.reviews.queries import ForecastResult
from planning.models import Cycle, Metric
from sop_portal.dashboards.figures import ZERO, percentage
from sop_portal.dashboards.pages.process.tables import (
    DepartmentNames,
    ReviewColumn,
    ReviewFigure,
    ReviewRow,
    ReviewTable,
    amount,
    by_department,
    counted,
    counts_table,
    off,
    records_url,
    shared,
)
from sop_portal.dashboards.queries.money import DepartmentMoney
from sop_portal.dashboards.queries.process_results import ABOUT_FEEDBACK, MoneyBack, beyond, is_about, missed, of_metric
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address

METRICS = (*COUNTED, Metric.PEOPLE)
ExceptionCounts = Counter[tuple[int, str]]
State = SpendingException.State


def exceptions_table(
    cycle: Cycle, now: ExceptionCounts, before: ExceptionCounts, names: DepartmentNames
) -> ReviewTable:
    """Who asked for spending exceptions, and what became of them."""
    states = (State.GRANTED, State.REFUSED, State.ASKED)
    asked = {pk: sum(now[pk, state] for state in State) for pk, _state in now}
    earlier = {pk: sum(before[pk, state] for state in State) for pk, _state in before}

    def row(pk: int) -> ReviewRow:
        url = f"{address('exceptions', cycle.year)}?department={names.slug(pk)}"
        figures = [counted(now[pk, state], f"{url}&state={state}") for state in states]
        return ReviewRow(names.called(pk), (counted(asked.get(pk, 0), url), *figures, counted(earlier.get(pk, 0))))

    return ReviewTable(
        "exceptions",
        _("Spending exceptions"),
        _("Asked for where the guard stopped an expense."),
        (
            ReviewColumn(_("Department"), "words"),
            ReviewColumn(_("Times asked")),
            ReviewColumn(State.GRANTED.label),
            ReviewColumn(State.REFUSED.label),
            ReviewColumn(_("Not decided")),
            ReviewColumn(_("Times asked"), "before"),
        ),
        [row(pk) for pk in names.ordered({*asked, *earlier})],
        _("Nobody asked for one."),
    )


def forecast_table(cycle: Cycle, now: Sequence[ForecastResult], before: Sequence[ForecastResult]) -> ReviewTable:
    """How far the forecasts lay from what happened, measure by measure."""

    def row(metric: Metric) -> ReviewRow:
        found, earlier = missed(of_metric(now, metric)), missed(of_metric(before, metric))
        return ReviewRow(
            metric.label,
            (
                counted(found.count, records_url(cycle, what="missed", measure=metric)),
                ReviewFigure(formats.number(found.forecast), found.forecast),
                ReviewFigure(formats.number(found.actual), found.actual),
                off(found.off),
                shared(found.error, 1),
                shared(earlier.error, 1),
            ),
        )

    return ReviewTable(
        "forecasts",
        _("How far forecasts missed"),
        _("In evaluations that are reviewed. In the sum, too high and too low make up for each other."),
        (
            ReviewColumn(_("Measure"), "words"),
            ReviewColumn(_("Projects")),
            ReviewColumn(_("Forecast")),
            ReviewColumn(_("Actual")),
            ReviewColumn(_("Sum off by")),
            ReviewColumn(_("Each missed by")),
            ReviewColumn(_("Each missed by"), "before"),
        ),
        [row(metric) for metric in METRICS if of_metric([*now, *before], metric)],
        _("No evaluation is reviewed yet."),
    )


def missed_table(cycle: Cycle, now: Sequence[ForecastResult], names: DepartmentNames) -> ReviewTable:
    """Which departments' forecasts lay further off than the year lets stand without a word."""
    far = beyond(now, cycle.deviation_to_explain)
    times: Counter[int | None] = Counter(found.evaluation.department_id for found in far)
    words = {"limit": formats.percent(cycle.deviation_to_explain)}
    title = _("Figures that missed by more than %(limit)s, by department") % words
    rows = by_department(cycle, times, names, what="missed", far="yes")
    return counts_table("missed", title, _("Department"), rows)


def money_table(
    cycle: Cycle,
    money: tuple[Sequence[DepartmentMoney], Sequence[DepartmentMoney]],
    back: tuple[Sequence[MoneyBack], Sequence[MoneyBack]],
    names: DepartmentNames,
    on: date,
) -> ReviewTable:
    """What each department had, what its stopped projects gave back, and what nobody spent."""
    now, before = ({row.department_id: row.totals for row in rows} for rows in money)
    given, given_before = (returned_by(rows) for rows in back)

    def row(pk: int) -> ReviewRow:
        slug, totals = names.slug(pk), now.get(pk)
        budgeted, spent = (totals.budgeted, totals.spent) if totals else (ZERO, ZERO)
        earlier = before.get(pk)
        lines = f"{address('appropriations', cycle.year)}?department={slug}"
        return ReviewRow(
            names.called(pk),
            (
                amount(budgeted, lines),
                amount(given.get(pk, ZERO), records_url(cycle, what="returned", department=slug)),
                amount(given_before.get(pk, ZERO)),
                amount(budgeted - spent, lines),
                shared(percentage(budgeted - spent, budgeted)),
                shared(percentage(earlier.budgeted - earlier.spent, earlier.budgeted) if earlier else None),
            ),
        )

    held = {pk for pk, totals in (*now.items(), *before.items()) if totals.budgeted}
    return ReviewTable(
        "money",
        _("Money given back and not spent, in %(currency)s") % {"currency": cycle.currency},
        _("The year is over: what is left of the approved lines was not spent.")
        if on > cycle.ends_on
        else _("The year still runs: what is left of the approved lines may still be spent."),
        (
            ReviewColumn(_("Department"), "words"),
            ReviewColumn(_("Approved")),
            ReviewColumn(_("Given back by stopped projects")),
            ReviewColumn(_("Given back"), "before"),
            ReviewColumn(_("Not spent")),
            ReviewColumn(_("Not spent, share")),
            ReviewColumn(_("Not spent, share"), "before"),
        ),
        [row(pk) for pk in names.ordered(held | {*given, *given_before})],
        _("Nothing is approved yet."),
    )


def returned_by(rows: Sequence[MoneyBack]) -> dict[int, Decimal]:
    """What the stopped projects of each department gave back in all."""
    found: dict[int, Decimal] = {}
    for row in rows:
        pk = row.department_id or 0
        found[pk] = found.get(pk, ZERO) + row.amount
    return found


def feedback_table(cycle: Cycle, now: Sequence[Feedback], before: Sequence[Feedback], on: date) -> ReviewTable:
    """What was said, by kind: answered or not, in time or late, and whether the answer helped."""
    earlier = Counter(entry.kind for entry in before)

    def row(kind: Feedback.Kind) -> ReviewRow:
        mine = [entry for entry in now if entry.kind == kind]
        figures = [
            counted(
                sum(is_about(entry, about, on) for entry in mine),
                records_url(cycle, what="feedback", kind=kind, about=about),
            )
            for about in ABOUT_FEEDBACK
        ]
        given = counted(len(mine), f"{address('feedback', cycle.year)}?kind={kind}")
        return ReviewRow(kind.label, (given, *figures, counted(earlier[kind])))

    return ReviewTable(
        "feedback",
        _("Feedback"),
        _("Management answers within two weeks; whoever gave it says whether the answer helped."),
        (
            ReviewColumn(_("Kind"), "words"),
            ReviewColumn(_("Pieces of feedback")),
            ReviewColumn(_("Answered")),
            ReviewColumn(_("Answered in time")),
            ReviewColumn(_("Late or overdue")),
            ReviewColumn(_("The answer helped")),
            ReviewColumn(_("The answer did not help")),
            ReviewColumn(_("Pieces of feedback"), "before"),
        ),
        [row(kind) for kind in Feedback.Kind] if now or before else [],
        _("Nobody gave feedback."),
    )


def givers_table(cycle: Cycle, now: Sequence[Feedback], names: DepartmentNames) -> ReviewTable:
    """Which departments gave feedback."""
    times: Counter[int | None] = Counter(entry.department_id for entry in now)
    rows = by_department(cycle, times, names, what="feedback")
    return counts_table("givers", _("Feedback, by department"), _("Department"), rows)
