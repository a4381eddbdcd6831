"""Everything people can do, each act with somebody who may do it and what it is done to, for trying it.

The acts of the tables of steps are found by themselves; the others are written here, and `test_closed_things` fails for
one that is not. Each is tried on the small year of 2027, in August.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from budgets.audits.actions import AuditPlan, Observation
from budgets.drafting.actions import FundTerms, LineAmounts
from budgets.models import (
    Appropriation,
    Budget,
    BudgetLine,
    Expense,
    Fund,
    LineWarning,
    MeasuredYear,
    ReleasedGrant,
)
from budgets.spending.actions import Payment
from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.models import AgendaPoint, Evaluation, Goal, Issue, Lesson, Meeting, ProgressReport
from evaluations.reports.actions import ReportContent
from evaluations.reviews.actions import GoalFigures
from planning.cycles import actions as cycles
from planning.cycles.actions import MoreTime, WindowMove, YearPlan
from planning.cycles.calendar import WindowDates
from planning.extensions import actions as extensions
from planning.forecasts import actions as forecasts
from planning.forecasts.actions import NewProject, PlannedTerms, Typed
from planning.models import (
    DemandReport,
    Forecast,
    ForecastLine,
    Pool,
    Project,
    ReportGap,
    ReportNeed,
    RequestLine,
    ResourceRequest,
)
from planning.projects.models import Actual
from planning.requests.actions import AskedLine, LineDecision, PoolTerms
from sop_portal.foundation.organisation.models import Department, DepartmentName, User
from sop_portal.foundation.organisation.roles import Role, roles_that
from sop_portal.foundation.workflow.seals import follow_act
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.people.actions import DayTerms, OrganisationTerms
from sop_portal.people.terms import Term
from sop_portal.reminders.models import ReminderSchedule
from sop_portal.reminders.schedule import Plan
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.small_year import AUGUST, every_kind, small_year

ROOT = Path(settings.BASE_DIR)
HOUSE = ("planning", "budgets", "evaluations", "sop_portal")
NOW = AUGUST + timedelta(days=2)
TODAY = NOW.date()
WHO = {
    Role.HEAD: "amina",
    Role.LEAD: "ben",
    Role.RESOURCE: "chidi",
    Role.FINANCE: "dora",
    Role.MANAGEMENT: "emil",
    Role.ADMINISTRATOR: "ada",
}


@dataclass(frozen=True)
class Act:
    """One act: who may do it, and how it is done by somebody in a year."""

    by: str
    carry_out: Callable[[Any, SimpleNamespace, User], Any]
    function: Any = None

    def try_on(self, year: SimpleNamespace, by: User | None = None) -> Any:
        """Do it, as whoever may or as somebody else."""
        return self.carry_out(self.function, year, by or getattr(year.cast, self.by))


def filled_year(cast: SimpleNamespace, plan: YearPlan | None = None) -> SimpleNamespace:
    """The small year, with everything that an act is tried on."""
    sides = small_year(cast, plan)
    cycle, arts = sides.cycle, sides.arts.department
    cycle.refresh_from_db()
    found = SimpleNamespace(cast=cast, cycle=cycle, arts=arts, at=NOW)
    found.project = Project.objects.filter(department=arts, state="active").order_by("pk")[0]
    found.forecast = Forecast.objects.get(department=arts)
    found.line = ForecastLine.objects.get(project=found.project)
    found.report = DemandReport.objects.get(number=1)
    found.request = ResourceRequest.objects.get(department=arts)
    found.asked = RequestLine.objects.filter(request=found.request).order_by("pk")[0]
    found.pool = Pool.objects.order_by("pk")[0]
    found.budget = Budget.objects.get()
    found.budget_line = BudgetLine.objects.filter(department=arts).order_by("pk")[0]
    found.approved = Appropriation.objects.filter(project=found.project).order_by("pk")[0]
    found.expense = Expense.objects.filter(corrects=None, department=arts).order_by("pk")[0]
    found.written = ProgressReport.objects.filter(project=found.project).order_by("period_first")[0]
    found.issue = Issue.objects.filter(department=arts).order_by("pk")[0]
    found.evaluation = Evaluation.objects.get(department=arts)
    found.goal, _new = Goal.objects.get_or_create(evaluation=found.evaluation, indicator="Smiles")
    follow_act("evaluation", found.evaluation)
    found.lesson = Lesson.objects.filter(evaluation=found.evaluation).order_by("pk")[0]
    found.meeting = Meeting.objects.get()
    found.point = AgendaPoint.objects.filter(meeting=found.meeting).order_by("pk").first()
    found.audit = cycle.audits.filter(department=arts).order_by("pk")[0]
    extensions.ask(cycle, more_time(found), by=cast.amina, at=NOW)
    cycles.extend(cycle, more_time(found), by=cast.emil, at=NOW)
    started = forecasts.start_report(cycle, by=cast.chidi, at=NOW, reason="One more")
    ReportGap.objects.create(report=started, department=arts, state="waived")
    ReportNeed.objects.create(report=started, name="Tents")
    ReminderSchedule.objects.create(cycle=cycle)
    ReleasedGrant.objects.create(
        project=found.project, allocation=found.asked, quantity=1, decision="full", released_at=NOW, settled_at=NOW
    )
    MeasuredYear.objects.create(cycle=cycle)
    LineWarning.objects.create(cycle=cycle, department=arts, appropriation=found.approved, flag="under", raised_at=NOW)
    Actual.objects.create(department=arts, slug="old-tales", name="Old tales", year=2024, activities=1)
    found.records = every_kind()
    return found


def on(name: str, by: str, *rest: Any, **more: Any) -> Act:
    """An act on one thing of the year, by the name it has there; what is called is asked of the year."""

    def carry_out(do: Any, year: SimpleNamespace, person: User) -> Any:
        record = getattr(year, name)
        record.refresh_from_db()
        seen = getattr(record, "version", None)
        holder = next((getattr(record, p) for p in ("forecast", "request", "budget") if hasattr(record, p)), None)
        if holder is not None and name not in ("forecast", "request", "budget"):
            holder.refresh_from_db()
            seen = holder.version
        asked = {key: value(year) if callable(value) else value for key, value in more.items()}
        if "seen" in signature(do).parameters:
            asked["seen"] = seen
        given = [value(year) if callable(value) else value for value in rest]
        return do(record, *given, by=person, at=year.at, **asked)

    return Act(by, carry_out)


def plain(by: str, **more: Any) -> Act:
    """An act on nothing of a year."""

    def carry_out(do: Any, year: SimpleNamespace, person: User) -> Any:
        asked = {key: value(year) if callable(value) else value for key, value in more.items()}
        return do(by=person, at=year.at, **asked)

    return Act(by, carry_out)


def asked_line(year: SimpleNamespace) -> AskedLine:
    """A line of a request."""
    return AskedLine(year.pool, "Stage", Decimal(10), "Rain", why_not_forecast="It came up")


def next_window(year: SimpleNamespace) -> WindowMove:
    """The evaluation's window, a day longer."""
    dates = year.cycle.windows.get(stage="evaluation")
    longer = WindowDates(dates.opens_on, dates.due_on, dates.grace_until + timedelta(days=1))
    return WindowMove("evaluation", longer, "A holiday")


def former_name(department: Department, at: datetime) -> str:
    """A name the department had before."""
    return DepartmentName.objects.get_or_create(name="Art", defaults={"department": department, "until": at})[0].name


def more_time(year: SimpleNamespace) -> MoreTime:
    """More time for the evaluations of Arts."""
    due = year.cycle.windows.get(stage="evaluation").due_on
    return MoreTime("evaluation", year.arts, due + timedelta(days=5), "Illness")


def sports() -> Department:
    """The twin of Arts."""
    return Department.objects.get(slug="sports")


AMOUNTS = LineAmounts(Decimal(1), Decimal(2), Decimal(3), Decimal(4))
# Acts outside of the tables of steps, in the order of the stages.
WRITTEN = {
    "planning.cycles.move_window": on("cycle", "ada", next_window),
    "planning.cycles.move_to_working_days": on("cycle", "ada", moves=True),
    "planning.cycles.extend": on("cycle", "emil", more_time),
    "planning.extensions.ask": on("cycle", "amina", more_time),
    "planning.forecasts.add_project": on("forecast", "amina", NewProject("Chess")),
    "planning.forecasts.plan_ahead": on("cycle", "ada", lambda year: year.arts, NewProject("Chess")),
    "planning.forecasts.change_plan": on("project", "ada", PlannedTerms(purpose="For all")),
    "planning.forecasts.give_up_plan": on("project", "ada"),
    "planning.forecasts.set_figures": on("line", "amina", {"people": Typed(Decimal(9), "trend", "Less")}),
    "planning.forecasts.leave_out": on("line", "amina", why="Not now"),
    "planning.forecasts.take_in": on("line", "amina"),
    "planning.forecasts.start_report": on("cycle", "chidi", reason="One more department"),
    "planning.projects.change_project": on("project", "amina", lead=lambda year: year.cast.ben, purpose="For all"),
    "planning.requests.add_pool": on(
        "cycle", "chidi", "people", PoolTerms("Guides", "hours", Decimal(10), is_paid_for=True)
    ),
    "planning.requests.change_pool": on("pool", "chidi", PoolTerms("Guides", "USD", Decimal(9000))),
    "planning.requests.take_out_pool": on("pool", "chidi"),
    "planning.requests.open_requests": on("cycle", "chidi"),
    "planning.requests.add_line": on("request", "amina", lambda year: year.project, asked_line),
    "planning.requests.change_line": on("asked", "amina", asked_line),
    "planning.requests.remove_line": on("asked", "amina"),
    "planning.requests.grant": on("asked", "chidi", LineDecision("full")),
    "planning.requests.score_line": on("asked", "chidi", urgency=5, evidence=4),
    "budgets.drafting.compile_budget": on("cycle", "dora"),
    "budgets.drafting.take_in_new": on("budget", "dora"),
    "budgets.drafting.set_line": on("budget_line", "dora", AMOUNTS),
    "budgets.drafting.leave_out": on("budget_line", "dora", why="Paid elsewhere"),
    "budgets.drafting.amend": on("budget", "dora", reason="Rooms cost more"),
    "budgets.drafting.drop": on("budget", "dora"),
    "budgets.audits.plan": on("cycle", "dora", lambda year: AuditPlan("Petty cash", year.arts, TODAY)),
    "budgets.audits.find": on("audit", "dev", Observation("No receipts", TODAY + timedelta(days=20))),
    "budgets.spending.post": on("approved", "dora", Payment(Decimal(5), TODAY, "Paper")),
    "budgets.spending.correct": on("expense", "dora", why="Twice"),
    "budgets.spending.ask_exception": on(
        "approved", "dora", Payment(Decimal(5), date(2027, 6, 20), "Paper"), why="It was early"
    ),
    "evaluations.reports.write": on("written", "amina", ReportContent(1, 2)),
    "evaluations.reports.raise_issue": on("project", "amina", title="Heating", text="Cold"),
    "evaluations.reports.raise_to_meeting": on("issue", "amina"),
    "evaluations.reviews.write": on("evaluation", "amina", reached="More"),
    "evaluations.reviews.add_goal": on("evaluation", "amina", "Letters", GoalFigures(target=Decimal(3))),
    "evaluations.reviews.remove_goal": on("evaluation", "amina", lambda year: year.goal),
    "evaluations.reviews.write_lesson": on("evaluation", "amina", "Begin early"),
    "evaluations.reviews.remove_lesson": on("evaluation", "amina", lambda year: year.lesson),
    "evaluations.improvements.propose": on(
        "cycle", "amina", lambda year: year.arts, MeasureProposal("Buy lamps", "feedback")
    ),
    "evaluations.feedback.give": on("cycle", "amina", lambda year: year.arts, title="Thanks", text="It works"),
    "evaluations.meetings.call": on("cycle", "emil", held_on=TODAY + timedelta(days=9), place="Hall"),
    "evaluations.meetings.add_point": on("meeting", "emil", title="Rooms"),
    "evaluations.meetings.note_attendance": on("meeting", "emil", lambda year: {year.arts.pk: (year.cast.amina, True)}),
    "evaluations.meetings.minute": on("meeting", "emil", lambda year: {year.point.pk: ("Said", "Decided")}),
    "sop_portal.reminders.set_schedule": on("cycle", "ada", Plan(opens=False, before=(3,), late=(1,), decisions=(2,))),
    "planning.projects.rename_project": Act(
        "amina", lambda do, year, by: do(year.project, name="Story time", by=by, at=year.at, seen=year.project.version)
    ),
    "planning.requests.fill_in": on("request", "amina", {}),
}
# Acts that belong to no year: on people, departments, funds, past figures and the handbook.
OF_NO_YEAR = {
    "planning.cycles.create_cycle": plain("ada", year=2035),
    "planning.projects.import_history": Act("ada", lambda do, year, by: do([], file_name="x", by=by, at=year.at)),
    "planning.projects.undo_import": Act("ada", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)),
    "budgets.drafting.add_fund": Act("dora", lambda do, year, by: do(FundTerms("Friends"), by=by, at=year.at)),
    "budgets.drafting.change_fund": Act(
        "dora", lambda do, year, by: do(Fund.objects.order_by("pk")[0], FundTerms("Friends"), by=by, at=year.at, seen=1)
    ),
    "budgets.drafting.take_out_fund": Act(
        "dora", lambda do, year, by: do(Fund.objects.order_by("pk")[0], by=by, at=year.at)
    ),
    "planning.projects.correct_figures": Act(
        "chidi",
        lambda do, year, by: do(
            Actual.objects.order_by("pk")[0], {"activities": Decimal(1)}, reason="Miscounted", by=by, at=year.at, seen=1
        ),
    ),
    "planning.projects.take_back_correction": Act(
        "chidi", lambda do, year, by: do(Actual.objects.order_by("pk")[0], by=by, at=year.at, seen=1)
    ),
    "sop_portal.foundation.notices.send_again": Act(
        "ada", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)
    ),
    "sop_portal.handbook.acknowledge": Act("amina", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)),
    "sop_portal.handbook.publish_edition": Act("ada", lambda do, year, by: do({}, note="", by=by, at=year.at, seen=0)),
    "sop_portal.handover.hand_over": Act(
        "ada", lambda do, year, by: do(year.cast.ben, year.cast.amina, last_on=TODAY, by=by, at=year.at)
    ),
    "sop_portal.handover.merge": Act("ada", lambda do, year, by: do(sports(), year.arts, by=by, at=year.at)),
    "sop_portal.people.add_department": plain("ada", name="Dance"),
    "sop_portal.people.change_department": Act(
        "ada", lambda do, year, by: do(year.arts, name="Art", by=by, at=year.at)
    ),
    "sop_portal.people.set_organisation": Act(
        "ada",
        lambda do, year, by: do(OrganisationTerms("Ours", "en", "Asia/Shanghai", "CNY", 1, 7), by=by, at=year.at),
    ),
    "sop_portal.people.set_days_off": Act(
        "ada",
        lambda do, year, by: do(2028, [DayTerms(date(2028, 1, 3), "New Year")], by=by, at=year.at),
    ),
    "sop_portal.people.send_test_mail": plain("ada"),
    "sop_portal.people.invite": Act("ada", lambda do, year, by: do([], by=by, at=year.at)),
    "sop_portal.people.add_person": plain("ada", email="new@example.org", name="New", language="en"),
    "sop_portal.people.change_person": Act("ada", lambda do, year, by: do(year.cast.ben, name="B", by=by, at=year.at)),
    "sop_portal.people.give_role": Act(
        "ada", lambda do, year, by: do(year.cast.farid, role="finance", term=Term(TODAY), by=by, at=year.at)
    ),
    "sop_portal.people.end_role": Act(
        "ada",
        lambda do, year, by: do(year.cast.ben.memberships.get(), until_on=TODAY, by=by, at=year.at),
    ),
    "sop_portal.people.take_out_department": Act("ada", lambda do, year, by: do(year.arts, by=by, at=year.at)),
    "sop_portal.people.take_out_person": Act("ada", lambda do, year, by: do(year.cast.ben, by=by, at=year.at)),
    "sop_portal.people.take_out_role": Act(
        "ada", lambda do, year, by: do(year.cast.ben.memberships.get(), by=by, at=year.at)
    ),
    "sop_portal.people.set_term": Act(
        "ada", lambda do, year, by: do(year.cast.ben.memberships.get(), Term(TODAY), by=by, at=year.at)
    ),
    "sop_portal.people.name_back": Act(
        "ada", lambda do, year, by: do(year.arts, former_name(year.arts, year.at), by=by, at=year.at)
    ),
    "sop_portal.workbook.take_back": Act("ada", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)),
    "sop_portal.people.delegate": Act(
        "ada",
        lambda do, year, by: do(
            giver=year.cast.amina, deputy=year.cast.ben, role="", term=Term(TODAY, TODAY), by=by, at=year.at
        ),
    ),
    "sop_portal.people.end_delegation": Act(
        "ada", lambda do, year, by: do(SimpleNamespace(pk=0, giver_id=0, deputy_id=0), on=TODAY, by=by, at=year.at)
    ),
}
# What the acts of steps are given beside the comment.
GIVEN: dict[tuple[str, str], dict[str, Any]] = {
    ("confirmation", "contest"): {"contested": {}},
    ("confirmation", "settle"): {"amounts": {}},
    ("measure", "adopt"): {"assignment": lambda year: Assignment(year.cast.ben, TODAY + timedelta(days=60))},
    ("measure", "finish"): {"evidence": "Seen"},
}


def functions() -> Iterator[tuple[str, Any]]:
    """Every public function of an actions module that is done by somebody at a moment, by folder and name."""
    for package in HOUSE:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "actions" not in parts or {"tests", "migrations"} & set(parts):
                continue
            module = import_module(".".join(parts).removesuffix(".__init__"))
            folder = ".".join(parts[: parts.index("actions")])
            for name, function in vars(module).items():
                is_own = isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"
                if is_own and {"by", "at"} <= set(signature(function).parameters):
                    yield f"{folder}.{name}", function


def of_steps() -> dict[Any, tuple[Workflow[Any], Step[Any]]]:
    """The functions that carry out a step, each with its step."""
    return {w.acts[step.name]: (w, step) for w in ALL_WORKFLOWS for step in w.steps if step.name in w.acts}


def step_act(workflow: Workflow[Any], step: Step[Any], function: Any) -> Act:
    """A step on the record of its kind."""
    more = GIVEN.get((workflow.kind, step.name), {})

    def carry_out(do: Any, year: SimpleNamespace, person: User) -> Any:
        record = type(year.records[workflow.kind])._default_manager.get(pk=year.records[workflow.kind].pk)
        asked = {key: value(year) if callable(value) else value for key, value in more.items()}
        return do(record, by=person, at=year.at, seen=record.version, comment="Because", **asked)

    return Act(WHO[roles_that(step.by)[0]], carry_out, function)


def every_act() -> dict[str, Act]:
    """All of them by folder and name; those of steps made from their tables, the others as written above."""
    steps, found = of_steps(), {}
    for name, function in functions():
        if function in steps:
            found[name] = step_act(*steps[function], function)
        elif name in WRITTEN | OF_NO_YEAR:
            written = (WRITTEN | OF_NO_YEAR)[name]
            found[name] = Act(written.by, written.carry_out, function)
    return found
