"""What the ledger says of some years, figure by figure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sop_portal.tests.simulation.ledger import Ledger
from sop_portal.tests.simulation.ledger.facts import METRICS, ZERO, Figure

# What a figure is of, and what it says.
Pair = tuple[tuple[Any, ...], Any]
Said = dict[tuple[Any, ...], Any]


def plain(figure: Any) -> Any:
    """A figure to compare by: whole cents, whatever the database counts in."""
    return int(Decimal(str(figure)).scaleb(2).to_integral_value()) if figure is not None else None


def by_ledger(ledger: Ledger, years: set[int]) -> Said:
    """Everything the ledger says of these years, of the funds, and of the past."""
    parts = (_planned, _asked, _budgeted, _run)
    found: Said = {key: value for part in parts for key, value in part(ledger, years)}
    for name in ledger.funds:
        found["fund", name] = plain(ledger.taken_from(name))
    for (person, cause), times in ledger.told.items():
        found["told", person, cause] = times
    for (department, slug, year), figures in ledger.past.items():
        found["past", department, slug, year] = tuple(plain(figures[metric]) for metric in METRICS)
    return found


def _planned(ledger: Ledger, years: set[int]) -> Iterator[Pair]:
    for (year, department), forecast in ledger.forecasts.items():
        if year not in years:
            continue
        sums: dict[str, list[Decimal]] = {metric: [] for metric in METRICS}
        for slug, line in forecast.lines.items():
            for metric in METRICS:
                figure = ledger.figure(year, department, slug, metric)
                kept = ledger.proposed(year, department, slug, metric)
                band = ledger.banded(year, department, slug, metric)
                yield ("figure", year, department, slug, metric), (plain(kept), plain(figure), *map(plain, band))
                sums[metric] += [figure] if figure is not None and line.is_planned else []
        whole = tuple(plain(sum(found, ZERO)) if found else None for found in sums.values())
        yield ("forecast", year, department), (forecast.state, *whole)
    for key, project in ledger.projects.items():
        if key[0] in years:
            yield ("project", *key), (project.name, project.state, *_totals(ledger, key))


def _totals(ledger: Ledger, key: tuple[int, str, str]) -> Iterator[Any]:
    needed, request = ledger.counted_need(key), ledger.requests.get(key[:2])
    lines = [line for line in request.lines.values() if line.project == key[2]] if request else []
    is_allocated = request is not None and request.state == "allocated"
    yield plain(_sum(needed["materials"], needed["money"]))
    yield plain(ledger.asked(key))
    yield plain(sum((line.granted_cost for line in lines), ZERO)) if is_allocated else 0
    yield plain(sum((ledger.approved(line) for line in ledger.lines_of(key)), ZERO))
    yield plain(ledger.spent_by(key))
    yield int(needed["activities"] or 0)
    yield int(needed["participants"] or 0)
    yield from ledger.counted(key)


def _sum(*figures: Figure) -> Decimal:
    return sum((figure for figure in figures if figure is not None), ZERO)


def _asked(ledger: Ledger, years: set[int]) -> Iterator[Pair]:
    for (year, name), pool in ledger.pools.items():
        if year in years:
            yield ("pool", year, name), (plain(pool.capacity), plain(ledger.committed(year, name)))
    for (year, department), request in ledger.requests.items():
        if year not in years:
            continue
        lines = request.lines.values()
        sums = (sum((line.cost for line in lines), ZERO), sum((line.granted_cost for line in lines), ZERO))
        undecided = sum(line.decision == "open" for line in lines)
        yield ("request", year, department), (request.state, str(request.due), len(lines), undecided, *map(plain, sums))
        for name, line in request.lines.items():
            figures = (line.quantity, line.cost, line.granted, line.granted_cost)
            yield ("asked", year, department, name), (line.pool, line.decision, *map(plain, figures))


def _budgeted(ledger: Ledger, years: set[int]) -> Iterator[Pair]:
    for year in years:
        for number, version in enumerate(ledger.versions.get(year, []), 1):
            sums: dict[str, list[Decimal]] = {}
            for key, line in version.lines.items():
                figures = (*line.quarters, line.allocated)
                yield ("line", number, *key), (line.number, line.category, line.fund, *map(plain, figures))
                sums.setdefault(line.project[1], []).append(line.amount)
            for department, found in sums.items():
                yield ("lines", year, number, department), (len(found), plain(sum(found, ZERO)))
            for department, answer in version.answers.items():
                yield ("answer", year, number, department), (answer.state, str(answer.due), len(answer.contested))
            yield ("version", year, number), version.state
    for key, opened in ledger.opened.items():
        if key[0] in years:
            figures = (ledger.approved(key), ledger.spent(key))
            yield ("approved", *key), (opened.is_closed, *map(plain, figures))


def _run(ledger: Ledger, years: set[int]) -> Iterator[Pair]:
    for name, expense in ledger.expenses.items():
        if expense.line[0] in years:
            yield ("expense", name), (plain(expense.amount), str(expense.on), expense.fund, expense.category)
    for name, leave in ledger.exceptions.items():
        if leave.line[0] in years:
            yield ("leave", name), leave.state
    for key, reports in ledger.reports.items():
        for report in reports if key[0] in years else ():
            figures = (report.spent, report.earlier)
            yield ("report", *key, str(report.first)), (report.state, report.held, report.reached, *map(plain, figures))
            found = sorted((c.metric, c.was, c.becomes, c.state) for c in report.corrections)
            if found:
                yield ("corrected", *key, str(report.first)), found
    for key, evaluation in ledger.evaluations.items():
        if key[0] in years:
            yield ("evaluation", *key), (evaluation.state, plain(evaluation.hours))
