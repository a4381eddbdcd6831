"""The portal's records by the names that the ledger knows them by."""

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from budgets.models import Appropriation, Budget, BudgetLine, Confirmation, Expense, Fund, SpendingException
from evaluations.models import CountCorrection, Evaluation, ProgressReport
from planning.models import Cycle, DemandReport, Forecast, ForecastLine, Pool, Project, RequestLine, ResourceRequest
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.simulation.ledger.facts import LineKey, ProjectKey

RowT = TypeVar("RowT", bound=Model)


class NotThere(Exception):
    """Nobody can do anything to what is not there."""


def only(rows: QuerySet[RowT, Any]) -> RowT:
    """The one record, or NotThere."""
    for row in rows[:1]:
        found: RowT = row
        return found
    raise NotThere


def person(name: str) -> User:
    return only(User.objects.filter(name=name))


def department(key: str) -> Department:
    return only(Department.objects.filter(slug=key))


def cycle(year: int) -> Cycle:
    return only(Cycle.objects.filter(year=year))


def project(key: ProjectKey) -> Project:
    where = {"cycle__year": key[0], "department__slug": key[1], "slug": key[2]}
    return only(Project.objects.filter(**where).select_related("cycle", "department"))


def forecast(year: int, key: str) -> Forecast:
    found = Forecast.objects.filter(cycle__year=year, department__slug=key)
    return only(found.select_related("cycle", "department"))


def forecast_line(key: ProjectKey) -> ForecastLine:
    related = ("forecast__cycle", "forecast__department", "project__cycle")
    where = {"forecast__cycle__year": key[0], "forecast__department__slug": key[1], "project__slug": key[2]}
    return only(ForecastLine.objects.filter(**where).select_related(*related))


def demand_report(year: int) -> DemandReport:
    return only(DemandReport.objects.filter(cycle__year=year).select_related("cycle").order_by("-number"))


def pool(year: int, name: str) -> Pool:
    return only(Pool.objects.filter(cycle__year=year, name=name).select_related("cycle"))


def request(year: int, key: str) -> ResourceRequest:
    found = ResourceRequest.objects.filter(cycle__year=year, department__slug=key)
    return only(found.select_related("cycle", "department"))


def asked(key: LineKey) -> RequestLine:
    """A line of a request: filled in from a figure, or called as somebody typed."""
    year, where, name = key
    lines = RequestLine.objects.filter(request__cycle__year=year, request__department__slug=where)
    slug, colon, metric = name.partition(":")
    wanted = {"project__slug": slug, "metric": metric, "what": ""} if colon else {"what": name}
    related = ("request__cycle", "request__department", "project__cycle", "pool", "forecast_line")
    return only(lines.filter(**wanted).select_related(*related))


def budget(year: int, *states: str) -> Budget:
    found = Budget.objects.filter(cycle__year=year).select_related("cycle")
    return only(found.filter(state__in=states) if states else found.exclude(state__in=["approved", "superseded"]))


def line(key: LineKey) -> BudgetLine:
    related = ("budget__cycle", "project", "department", "fund")
    lines = BudgetLine.objects.filter(budget=budget(key[0]), allocation=asked(key))
    found: BudgetLine = only(lines.select_related(*related))
    return found


def approved(key: LineKey) -> Appropriation:
    lines = Appropriation.objects.filter(cycle__year=key[0], line__allocation=asked(key))
    return only(lines.select_related("cycle", "project", "line", "fund", "department"))


def confirmation(year: int, key: str) -> Confirmation:
    related = ("budget__cycle", "department")
    answers = Confirmation.objects.filter(budget=budget(year), department__slug=key)
    found: Confirmation = only(answers.select_related(*related))
    return found


def fund(name: str) -> Fund:
    return only(Fund.objects.filter(name=name))


def expense(name: str) -> Expense:
    related = ("cycle", "appropriation__project", "appropriation__cycle", "project", "department")
    counter = name.startswith("-")
    found = Expense.objects.filter(what=name.lstrip("-"), corrects__isnull=not counter)
    return only(found.select_related(*related))


def leave(name: str) -> SpendingException:
    related = ("cycle", "appropriation__project", "appropriation__cycle", "appropriation__line", "department")
    return only(SpendingException.objects.filter(what=name).select_related(*related))


def report(key: ProjectKey, month: date) -> ProgressReport:
    related = ("cycle", "department", "project__cycle")
    found = ProgressReport.objects.filter(project=project(key), period_first=month)
    return only(found.select_related(*related))


def asked_correction(key: ProjectKey, month: date, metric: str) -> CountCorrection:
    related = ("cycle", "department", "project__cycle", "report")
    found = CountCorrection.objects.filter(report=report(key, month), metric=metric, state="asked")
    return only(found.select_related(*related))


def evaluation(key: ProjectKey) -> Evaluation:
    found = Evaluation.objects.filter(project=project(key))
    return only(found.select_related("cycle", "department", "project__cycle"))
