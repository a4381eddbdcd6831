"""Which pages each person of the demonstration opens: every key page, by somebody who works with it."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from budgets.models import Appropriation, Audit, Budget, Confirmation, Expense, Finding, Fund, SpendingException
from evaluations.models import Evaluation, Feedback, Issue, Measure, Meeting, ProgressReport
from planning.models import Cycle, Forecast, HistoryImport, Pool, Project, ResourceRequest
from sop_portal.foundation.organisation.models import Department, User

Paths = list[str]


def at(name: str, *args: Any) -> str:
    """The address of a page."""
    return reverse(name, args=args)


def of(model: Any, **where: Any) -> Any:
    """One record of the demonstration."""
    found = model.objects.filter(**where).order_by("pk").first()
    assert found, f"the demonstration has no {model.__name__} with {where}"
    return found


def page_of(model: Any, **where: Any) -> str:
    """The page of one record of the demonstration."""
    path: str = of(model, **where).get_absolute_url()
    return path


def years() -> tuple[int, int, int]:
    """The year that is complete, the one in execution, the one being planned."""
    planned = Cycle.objects.filter(is_plan_outside=False).order_by("year")
    last, running, coming = planned.values_list("year", flat=True)
    return last, running, coming


def typed_names() -> set[str]:
    """What people called themselves and their things; such names stay as they are in every language."""
    called = [
        (User, "name"),
        (Department, "name"),
        (Project, "name"),
        (Pool, "name"),
        (Pool, "unit"),
        (Fund, "name"),
        (Issue, "title"),
        (Audit, "title"),
        (Finding, "what"),
        (SpendingException, "what"),
        (Feedback, "title"),
        (HistoryImport, "file_name"),
    ]
    found = {name for model, field in called for name in model.objects.values_list(field, flat=True)}
    return found | {name.split()[0] for name in User.objects.values_list("name", flat=True)}


def head() -> Paths:
    """Amina plans her department, asks for resources, confirms her budget lines."""
    __, running, coming = years()
    forecast = of(Forecast, cycle__year=coming, department__slug="ansonia-library")
    here = [coming, "ansonia-library"]
    project = of(Project, cycle__year=running, department__slug="ansonia-library", state="active")
    request = of(ResourceRequest, cycle__year=running, department__slug="ansonia-library")
    return [
        "/",
        at("cycle", running),
        forecast.get_absolute_url(),
        line_of(forecast),
        at("forecast-check", *here),
        at("forecast-add", *here),
        at("extension-ask", coming),
        request.get_absolute_url(),
        page_of(Confirmation, budget__cycle__year=running, department__slug="ansonia-library"),
        f"{page_of(Confirmation, state='awaiting', department__slug='ansonia-library')}confirm/",
        at("papers", running),
        at("training", running),
        at("process-review", running),
        at("proposals", running),
        at("security-log"),
        project.get_absolute_url(),
        at("issue-new", running, "ansonia-library", project.slug),
        at("feedback-new", running),
        at("measure-new", running),
        at("notices"),
        at("account"),
        at("handbook"),
        at("handbook-roles"),
    ]


def line_of(forecast: Forecast) -> str:
    """The page on which the first project of a forecast gets its figures."""
    project = forecast.lines.order_by("pk")[0].project
    return at("forecast-line", forecast.cycle.year, forecast.department.slug, project.slug)


def lead() -> Paths:
    """Ben spends and reports."""
    __, running, __ = years()
    mine = {"project__lead__name": "Ben Carter", "cycle__year": running}
    line = of(Appropriation, project__lead__name="Ben Carter", cycle__year=running)
    return [
        "/",
        at("appropriations", running),
        at("expense-new", running),
        f"{at('expense-new', running)}?line={line.number}",
        at("expenses", running),
        page_of(Expense, appropriation=line),
        at("progress", running),
        page_of(ProgressReport, **mine),
        ProgressReport.objects.filter(**mine).order_by("period_first").last().get_absolute_url(),
        at("issues", running),
    ]


def resource() -> Paths:
    """Chidi collects the forecasts, reports what is needed and allocates."""
    last, running, coming = years()
    pool = of(Pool, cycle__year=running)
    return [
        "/",
        at("forecasts", coming),
        page_of(Forecast, cycle__year=coming, state="submitted"),
        at("demand-report-latest", running),
        at("demand-report", running, 1),
        at("demand-report-latest", coming),
        at("requests", running),
        page_of(ResourceRequest, cycle__year=last),
        at("allocation", running),
        at("pools", running),
        at("pool", running, pool.pk),
        at("pool-new", running),
    ]


def finance() -> Paths:
    """Dora compiles the budget, watches the spending and audits."""
    last, running, __ = years()
    budget = Budget.objects.filter(cycle__year=running).order_by("number").last()
    numbers = (running, budget.number)
    expense = of(Expense, cycle__year=running)
    audit = of(Audit, cycle__year=running)
    return [
        "/",
        at("budget-latest", running),
        at("budget-line", *numbers, budget.lines.first().number),
        at("budget", running, 1),
        at("budget-compare", *numbers, 1),
        at("funds", running),
        at("appropriations", running),
        at("expenses", running),
        at("expense", running, expense.pk),
        at("expense-correct", running, expense.pk),
        at("exceptions", running),
        page_of(SpendingException),
        f"{page_of(SpendingException, state='asked')}grant/",
        f"{at('expenses', running)}?receipt=missing",
        at("audits", running),
        at("audit-new", running),
        audit.get_absolute_url(),
        page_of(Finding),
        page_of(Evaluation, cycle__year=last),
    ]


def management() -> Paths:
    """Emil looks at the whole, reviews and improves."""
    last, running, __ = years()
    return [
        "/",
        at("dashboard", running),
        at("dashboard", last),
        at("accuracy", last),
        at("projects", running),
        at("evaluations", last),
        page_of(Evaluation, cycle__year=last, state="reviewed"),
        at("lessons", last),
        at("improvements", last),
        page_of(Measure),
        at("feedback", running),
        page_of(Feedback),
        at("meetings", running),
        at("meeting-new", running),
        page_of(Meeting),
        at("issues", running),
        page_of(Issue),
        page_of(ProgressReport, state="submitted"),
    ]


def administrator() -> Paths:
    """Ada keeps the years, the people and the handbook."""
    __, __, coming = years()
    return [
        "/",
        at("years"),
        at("year-new"),
        at("windows", coming),
        at("window", coming, "forecast"),
        at("extend", coming),
        at("reminders", coming),
        at("people"),
        at("person-new"),
        at("person", of(User, name="Amina Diallo").pk),
        at("departments"),
        at("department-new"),
        at("department", "ansonia-library"),
        at("workbook"),
        at("history", coming),
        at("mails"),
        at("papers-overview"),
        at("training-needs"),
        at("handbook-edit"),
        at("handbook-versions"),
        at("handbook-readers"),
        at("handbook-stage", "forecast"),
    ]


def auditor() -> Paths:
    """Omar reads everything."""
    __, running, __ = years()
    return ["/", at("trail"), at("search"), f"{at('search')}?q=story", at("mails-and-calendar"), at("cycle", running)]


PLACES: dict[str, Callable[[], Paths]] = {
    "amina": head,
    "ben": lead,
    "chidi": resource,
    "dora": finance,
    "emil": management,
    "ada": administrator,
    "omar": auditor,
    "farid": lambda: ["/", at("account")],
}


def refusals() -> dict[str, int]:
    """What Omar may not open, and what is not there."""
    __, running, __ = years()
    return {at("pool-new", running): 403, f"/{running}/no-such-page/": 404}


DOORS = ["/account/login/", "/account/password/reset/"]
