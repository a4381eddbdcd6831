"""What the portal's records say of some years, under the same names as the ledger."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, F, Model, Q

from budgets.models import Appropriation, Budget, BudgetLine, BudgetSum, Confirmation, Expense, Fund, SpendingException
from evaluations.models import CountCorrection, Evaluation, ProgressReport
from planning.models import Actual, Forecast, ForecastFigure, Pool, Project, RequestLine, ResourceRequest
from sop_portal.foundation.notices.models import Notice
from sop_portal.tests.simulation.ledger.facts import METRICS
from sop_portal.tests.simulation.ledger_figures import Pair, Said, plain

OF_DEPARTMENT = ("cycle__year", "department__slug")
OF_PROJECT = ("project__cycle__year", "project__department__slug", "project__slug")
# What a line of a request is called by: its name, or its project and the figure it was filled in from.
NAME = ("what", "project__slug", "metric")
MONEY = ("needed", "asked", "granted", "budgeted", "spent")
COUNTS = ("activities_planned", "participants_planned", "activities_held", "participants_reached")
Row = tuple[Any, ...]
# What is asked after every act is made into a statement once.
STATEMENTS: dict[tuple[Any, ...], Any] = {}


def by_portal(years: set[int]) -> Said:
    """Everything the portal's records say of these years, of the funds, and of the past."""
    parts = (_planned, _asked, _budgeted, _answered, _run)
    found: Said = {key: value for part in parts for key, value in part(years)}
    for name, in_force in Fund.objects.values_list("name", "in_force"):
        found["fund", name] = plain(in_force)
    found |= dict(_told())
    for department, slug, year, *figures in Actual.objects.values_list("department__slug", "slug", "year", *METRICS):
        found["past", department, slug, year] = _plain(figures)
    return found


def _told() -> Iterator[Pair]:
    """How often each person was told that lines end over or under their plan."""
    for cause in ("over", "under"):
        told = Notice.objects.filter(verb=f"warn-{cause}").order_by().values_list("person__name")
        for person, times in told.annotate(times=Count("pk")):
            yield ("told", person, cause), times


def _rows(model: type[Model], years: set[int], *columns: str, year: str = "cycle__year", **more: Any) -> Iterator[Row]:
    statement = (model, frozenset(years), columns)
    if statement not in STATEMENTS:
        found = model._default_manager.filter(**{f"{year}__in": sorted(years or {0})}).order_by().annotate(**more)
        STATEMENTS[statement] = found.values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(*STATEMENTS[statement])
        yield from cursor.fetchall()


def _plain(figures: Any) -> tuple[Any, ...]:
    return tuple(map(plain, figures))


def _named(what: str, slug: str, metric: str) -> str:
    return what or f"{slug}:{metric}"


def _planned(years: set[int]) -> Iterator[Pair]:
    year = "line__forecast__cycle__year"
    where = (year, "line__forecast__department__slug", "line__project__slug", "metric")
    for row in _rows(ForecastFigure, years, *where, "proposal", "figure", "low", "high", year=year):
        yield ("figure", *row[:4]), _plain(row[4:])
    for number, department, state, *sums in _rows(Forecast, years, *OF_DEPARTMENT, "state", *METRICS):
        yield ("forecast", number, department), (state, *_plain(sums))
    for row in _rows(Project, years, *OF_DEPARTMENT, "slug", "name", "state", *MONEY, *COUNTS):
        yield ("project", *row[:3]), (*row[3:5], *_plain(row[5:10]), *row[10:])


def _asked(years: set[int]) -> Iterator[Pair]:
    for row in _rows(Pool, years, "cycle__year", "name", "capacity", "committed"):
        yield ("pool", *row[:2]), _plain(row[2:])
    said = ("state", "due", "line_count", "undecided", "cost", "granted_cost")
    for row in _rows(ResourceRequest, years, *OF_DEPARTMENT, *said):
        yield ("request", *row[:2]), (row[2], str(row[3]), *row[4:6], *_plain(row[6:]))
    year, figures = "request__cycle__year", ("quantity", "cost", "granted", "granted_cost")
    columns = (year, "request__department__slug", *NAME, "pool__name", "decision", *figures)
    for row in _rows(RequestLine, years, *columns, year=year):
        yield ("asked", *row[:2], _named(*row[2:5])), (*row[5:7], *_plain(row[7:]))


def _budgeted(years: set[int]) -> Iterator[Pair]:
    year, of_line = "budget__cycle__year", [f"allocation__{name}" for name in NAME]
    said = ("number", "category", "fund__name", "q1", "q2", "q3", "q4", "allocated")
    for row in _rows(BudgetLine, years, "budget__number", year, "department__slug", *of_line, *said, year=year):
        yield ("line", *row[:3], _named(*row[3:6])), (*row[6:9], *_plain(row[9:]))
    total = F("q1") + F("q2") + F("q3") + F("q4")
    columns = (year, "budget__number", "department__slug", "lines", "total")
    for *key, lines, sum_of_lines in _rows(BudgetSum, years, *columns, year=year, total=total):
        yield ("lines", *key), (lines, plain(sum_of_lines))
    for number, version, state in _rows(Budget, years, "cycle__year", "number", "state"):
        yield ("version", number, version), state
    of_line = [f"line__{name}" for name in of_line]
    for row in _rows(Appropriation, years, *OF_DEPARTMENT, *of_line, "closed_at", "approved", "spent"):
        yield ("approved", *row[:2], _named(*row[2:5])), (row[5] is not None, *_plain(row[6:]))


def _answered(years: set[int]) -> Iterator[Pair]:
    year, is_open = "budget__cycle__year", Count("contests", filter=Q(contests__settled="open"))
    columns = (year, "budget__number", "department__slug", "state", "due", "is_open")
    for row in _rows(Confirmation, years, *columns, year=year, is_open=is_open):
        yield ("answer", *row[:3]), (row[3], str(row[4]), row[5])


def _run(years: set[int]) -> Iterator[Pair]:
    said = ("what", "corrects_id", "amount", "spent_on", "fund__name", "category")
    for what, corrects, amount, on, *labels in _rows(Expense, years, *said):
        yield ("expense", f"-{what}" if corrects else what), (plain(amount), str(on), *labels)
    for what, state in _rows(SpendingException, years, "what", "state"):
        yield ("leave", what), state
    counts = ("state", "activities_held", "participants_reached", "spent", "spent_earlier")
    for row in _rows(ProgressReport, years, *OF_PROJECT, "period_first", *counts):
        yield ("report", *row[:3], str(row[3])), (*row[4:7], *_plain(row[7:]))
    corrected: dict[Row, list[Row]] = {}
    of_count = ("report__period_first", "metric", "was", "becomes", "state")
    for row in _rows(CountCorrection, years, *OF_PROJECT, *of_count, year="project__cycle__year"):
        corrected.setdefault((*row[:3], str(row[3])), []).append(tuple(row[4:]))
    for month, rows in corrected.items():
        yield ("corrected", *month), sorted(rows)
    for *key, state, hours in _rows(Evaluation, years, *OF_PROJECT, "state", "people_used"):
        yield ("evaluation", *key), (state, plain(hours))
