"""Everything people can do, each act with somebody who may do it and what it is done to, for trying it.

The acts of the tables of steps are found by themselves; the others are written here, and `test_closed_things` fails for
one that is not. Each is tried on the small year of 2027, in August.
"""

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from budgets.audits.actions import AuditPlan, Observation
from budgets.drafting.actions import LineAmounts, OutsideApproval, PlanRow
from budgets.models import (
    Appropriation,
    Budget,
    BudgetLine,
    Confirmation,
    Expense,
    LineWarning,
    MeasuredYear,
    ReleasedGrant,
)
from budgets.spending.actions import Payment
from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.meetings.actions import MeetingTerms, PointTerms, SeriesTerms
from evaluations.models import (
    AgendaPoint,
    Evaluation,
    Feedback,
    Goal,
    Issue,
    Lesson,
    Meeting,
    MeetingSeries,
    ProgressReport,
    TrainingNeed,
    TrainingSession,
)
from evaluations.proposals.actions import ProposedChange
from evaluations.reports.actions import ReportContent
from evaluations.reviews.actions import GoalFigures
from evaluations.training.actions import SessionTerms
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
from planning.projects.models import Actual, HistoryImport, ProjectName
from planning.requests.actions import AskedLine, LineDecision, LineRating, PoolTerms
from sop_portal.dashboards.checks.sealed import seal_what_is_not
from sop_portal.foundation.organisation.models import Organisation, SpecialDay, User
from sop_portal.foundation.organisation.roles import Role, roles_that
from sop_portal.foundation.papers.actions import NewPaper
from sop_portal.foundation.workflow.seals import follow_act
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.reminders.models import ReminderSchedule
from sop_portal.reminders.schedule import Plan
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.acts_of_no_year import NOW, OF_NO_YEAR, TODAY, Act, on, plain
from sop_portal.tests.papers import paper_on, waiting
from sop_portal.tests.small_year import every_kind, small_year
from sop_portal.workbook.models import BroughtSheet, SaidColumn

ROOT = Path(settings.BASE_DIR)
HOUSE = ("planning", "budgets", "evaluations", "sop_portal")
WHO = {
    Role.HEAD: "amina",
    Role.LEAD: "ben",
    Role.RESOURCE: "chidi",
    Role.FINANCE: "dora",
    Role.MANAGEMENT: "emil",
    Role.ADMINISTRATOR: "ada",
}


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
    found.paper = paper_on(found.expense, by=cast.dora, at=NOW)
    found.written = ProgressReport.objects.filter(project=found.project).order_by("period_first")[0]
    found.accepted = ProgressReport.objects.get(department=arts, state="accepted")
    found.issue = Issue.objects.filter(department=arts).order_by("pk")[0]
    found.evaluation = Evaluation.objects.get(department=arts)
    found.goal, _new = Goal.objects.get_or_create(evaluation=found.evaluation, indicator="Smiles")
    follow_act("evaluation", found.evaluation)
    found.lesson = Lesson.objects.filter(evaluation=found.evaluation).order_by("pk")[0]
    found.meeting = Meeting.objects.get()
    found.series = MeetingSeries.objects.create(
        cycle=cycle, first_on=date(2027, 10, 1), every=6, begins=time(9), place="Hall"
    )
    found.need, found.session = TrainingNeed.objects.get(), TrainingSession.objects.get()
    found.point = AgendaPoint.objects.filter(meeting=found.meeting).order_by("pk").first()
    found.answered = Feedback.objects.filter(department=arts).order_by("pk")[0]
    found.seat = found.meeting.attendance.get(department=arts)
    found.typed_point = AgendaPoint.objects.create(meeting=found.meeting, position=99, title="Keys")
    follow_act("meeting", found.meeting)
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
    past = HistoryImport.objects.create(file_name="past.csv", at=NOW, by=cast.ada, rows=1)
    told = {"name": "Old tales", "activities": 1, "taken_from": past}
    Actual.objects.create(department=arts, slug="old-tales", year=2024, **told)
    Organisation.objects.get_or_create(pk=1, defaults={"name": "Libraries"})
    SpecialDay.objects.create(on=date(2027, 12, 25), name="Christmas")
    ProjectName.objects.create(department=arts, called="tales", slug="old-tales")
    BroughtSheet.objects.create(file_name="a.xlsx", sheet="pools", at=NOW, by=cast.ada, rows=1)
    SaidColumn.objects.create(sheet="pools", called="Art", column="kind")
    found.records = every_kind()
    # What was written here by no act stands as if one had.
    seal_what_is_not()
    return found


def asked_line(year: SimpleNamespace) -> AskedLine:
    """A line of a request."""
    return AskedLine(year.pool, "Stage", Decimal(10), "Rain", why_not_forecast="It came up")


def plan_rows(year: SimpleNamespace) -> list[PlanRow]:
    """One line of a plan that was approved elsewhere."""
    return [PlanRow(year.project, "services", (Decimal(10), Decimal(0), Decimal(0), Decimal(0)), 2)]


def next_window(year: SimpleNamespace) -> WindowMove:
    """The evaluation's window, a day longer."""
    dates = year.cycle.windows.get(stage="evaluation")
    longer = WindowDates(dates.opens_on, dates.due_on, dates.grace_until + timedelta(days=1))
    return WindowMove("evaluation", longer, "A holiday")


def more_time(year: SimpleNamespace) -> MoreTime:
    """More time for the evaluations of Arts."""
    due = year.cycle.windows.get(stage="evaluation").due_on
    return MoreTime("evaluation", year.arts, due + timedelta(days=5), "Illness")


def session_terms(year: SimpleNamespace) -> SessionTerms:
    """A session in two weeks."""
    return SessionTerms(TODAY + timedelta(days=14), time(9, 30), "Hall", year.cast.chen, 8)


AMOUNTS = LineAmounts(Decimal(1), Decimal(2), Decimal(3), Decimal(4))


# Acts outside of the tables of steps, in the order of the stages.
def attach_paper(do: Any, year: SimpleNamespace, by: User) -> Any:
    """A paper for the expense."""
    return do("expense", year.expense, NewPaper(waiting(by, year.at, content=b"%PDF-1")), by=by, at=year.at)


def replace_paper(do: Any, year: SimpleNamespace, by: User) -> Any:
    """A newer version of the expense's paper."""
    return do(year.paper, NewPaper(waiting(by, year.at, content=b"%PDF-2")), by=by, at=year.at)


def take_paper_back(do: Any, year: SimpleNamespace, by: User) -> Any:
    """The expense's paper taken back."""
    return do(year.paper, by=by, at=year.at)


WRITTEN = {
    "planning.cycles.move_window": on("cycle", "ada", next_window),
    "planning.cycles.move_to_working_days": on("cycle", "ada", moves=True),
    "planning.cycles.extend": on("cycle", "emil", more_time),
    "planning.cycles.approve_by_two": on("cycle", "ada", Decimal(500)),
    "planning.cycles.need_receipts": on("cycle", "ada", Decimal(500)),
    "planning.cycles.transfer_up_to": on("cycle", "ada", Decimal(500)),
    "planning.cycles.explain_beyond": on("cycle", "ada", 10),
    "sop_portal.foundation.papers.attach": Act("dora", attach_paper),
    "sop_portal.foundation.papers.replace": Act("dora", replace_paper),
    "sop_portal.foundation.papers.take_back": Act("dora", take_paper_back),
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
    "planning.requests.set_importance": on("project", "chidi", 5, seen=None),
    "planning.requests.score_line": on("asked", "chidi", LineRating(5, 4)),
    "budgets.drafting.bring_plan": on("cycle", "dora", OutsideApproval(TODAY, "the board", "plan.xlsx"), plan_rows),
    "budgets.drafting.take_plan_back": on("budget_line", "dora"),
    "budgets.drafting.compile_budget": on("cycle", "dora"),
    "budgets.drafting.take_in_new": on("budget", "dora"),
    "budgets.drafting.set_line": on("budget_line", "dora", AMOUNTS),
    "budgets.drafting.leave_out": on("budget_line", "dora", why="Paid elsewhere"),
    "budgets.drafting.amend": on("budget", "dora", reason="Rooms cost more"),
    "budgets.drafting.ask_for_change": plain(
        "ben", answer=lambda year: Confirmation.objects.get(department=year.arts), wanted="More rent"
    ),
    "budgets.drafting.drop": on("budget", "dora"),
    "budgets.audits.plan": on("cycle", "dora", lambda year: AuditPlan("Petty cash", year.arts, TODAY)),
    "budgets.audits.find": on("audit", "dev", Observation("No receipts", TODAY + timedelta(days=20))),
    "budgets.spending.post": on("approved", "dora", Payment(Decimal(5), TODAY, "Paper")),
    "budgets.spending.correct": on("expense", "dora", why="Twice"),
    "budgets.spending.ask_exception": on(
        "approved", "dora", Payment(Decimal(5), date(2027, 6, 20), "Paper"), why="It was early"
    ),
    "evaluations.reports.write": on("written", "amina", ReportContent(1, 2)),
    "evaluations.reports.correct_count": on("accepted", "amina", "activities", 3, reason="Counted again"),
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
    "evaluations.meetings.call": on("cycle", "emil", MeetingTerms(TODAY + timedelta(days=9), "Hall")),
    "evaluations.meetings.plan_series": on("cycle", "emil", SeriesTerms(TODAY + timedelta(days=9), 3, "Hall")),
    "evaluations.meetings.change_series": on("series", "emil", SeriesTerms(date(2027, 10, 1), 6, "Library")),
    "evaluations.meetings.end_series": on("series", "emil"),
    "evaluations.meetings.add_point": on("meeting", "emil", title="Rooms"),
    "evaluations.meetings.note_attendance": on("meeting", "emil", lambda year: {year.arts.pk: (year.cast.amina, True)}),
    "evaluations.meetings.note_teams": on("meeting", "emil", lambda year: {"finance": (year.cast.dora, True)}),
    "evaluations.meetings.move": on("meeting", "emil", MeetingTerms(TODAY + timedelta(days=12), "Hall")),
    "evaluations.meetings.reply": on("meeting", "amina", lambda year: year.seat, answer="comes"),
    "evaluations.meetings.raise_point": on("meeting", "amina", lambda year: year.arts, PointTerms("Keys")),
    "evaluations.meetings.order_point": on("meeting", "emil", lambda year: year.point, is_up=False),
    "evaluations.meetings.drop_point": on("meeting", "emil", lambda year: year.typed_point),
    "evaluations.meetings.confirm": on("meeting", "amina"),
    "evaluations.meetings.minute": on("meeting", "emil", lambda year: {year.point.pk: ("Said", "Decided")}),
    "evaluations.feedback.say_if_it_helped": on("answered", "amina", helped=True),
    "evaluations.feedback.answer_stage": on("cycle", "chidi", "forecast", answer="fine"),
    "evaluations.proposals.propose_change": on(
        "cycle", "amina", ProposedChange("guide", "Pictures", "Show pictures", "Words are long")
    ),
    "evaluations.training.plan": on("cycle", "ada", lambda year: year.need, session_terms),
    "evaluations.training.move": on("session", "ada", session_terms),
    "evaluations.training.invite": on("session", "ada", lambda year: [year.cast.ben]),
    "evaluations.training.reply": on("session", "amina", comes=True),
    "sop_portal.reminders.set_schedule": on("cycle", "ada", Plan(opens=False, before=(3,), late=(1,), decisions=(2,))),
    "planning.projects.rename_project": Act(
        "amina", lambda do, year, by: do(year.project, name="Story time", by=by, at=year.at, seen=year.project.version)
    ),
    "planning.requests.fill_in": on("request", "amina", {}),
}
# What the acts of steps are given beside the comment.
GIVEN: dict[tuple[str, str], dict[str, Any]] = {
    ("confirmation", "contest"): {"contested": {}},
    ("confirmation", "settle"): {"amounts": {}},
    ("measure", "adopt"): {"assignment": lambda year: Assignment(year.cast.ben, TODAY + timedelta(days=60))},
    ("measure", "finish"): {"evidence": "Seen"},
    ("training", "hold"): {"came": lambda year: [year.cast.amina.pk]},
}


@cache
def functions() -> list[tuple[str, Any]]:
    """Every public function of an actions module that is done by somebody at a moment, by folder and name."""
    return list(_functions())


def _functions() -> Iterator[tuple[str, Any]]:
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


@cache
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


@cache
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
