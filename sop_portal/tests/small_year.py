"""A whole year in small, made by actions alone: Arts and Sports do the same, and every word of Sports bears a mark."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from budgets.audits import actions as audits
from budgets.drafting import actions as budgets
from budgets.models import Appropriation, Budget, Confirmation
from budgets.spending import actions as spending
from budgets.spending.figures import FilePlace
from evaluations.feedback import actions as feedback
from evaluations.improvements import actions as improvements
from evaluations.meetings import actions as meetings
from evaluations.models import CountCorrection, Evaluation, ProgressReport
from evaluations.proposals import actions as proposals
from evaluations.reports import actions as reports
from evaluations.reviews import actions as reviews
from evaluations.training import actions as training
from planning.cycles import actions as cycles
from planning.forecasts import actions as forecasts
from planning.models import Cycle, Forecast, Project, ResourceRequest
from planning.requests import actions as requests
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow.actions import comment
from sop_portal.stages import ALL_WORKFLOWS

MADE_IN = "Make one of these in small_year(), in sop_portal/tests/small_year.py."
MARK = "Zanzibar7Q"
MARCH = datetime(2027, 3, 12, 17, tzinfo=UTC)
APRIL = datetime(2027, 4, 5, 17, tzinfo=UTC)
MAY = datetime(2027, 5, 10, 17, tzinfo=UTC)
JULY = datetime(2027, 7, 5, 17, tzinfo=UTC)
AUGUST = datetime(2027, 8, 5, 17, tzinfo=UTC)
NEEDED = {"activities": 10, "participants": 200, "people": 120, "materials": 300, "money": 1200}


class Side:
    """One department on its way through the year: its people, its words, its records."""

    def __init__(self, cast: SimpleNamespace, department: Department, head: User, lead: User | None, mark: str) -> None:
        self.cast, self.department, self.head, self.lead, self.mark = cast, department, head, lead, mark
        self.project: Any = None
        self.pool: Any = None

    def words(self, text: str) -> str:
        """What somebody of this department types."""
        return f"{text} {self.mark}".strip()

    def now(self, model: Any, **where: Any) -> Any:
        """A record of this department as it is now."""
        return model.objects.get(department=self.department, **where)

    def take(self, act: Any, record: Any, by: User, at: datetime, **more: Any) -> Any:
        """Take a step on what is seen."""
        record.refresh_from_db()
        return act(record, by=by, at=at, seen=record.version, **more)


def small_year(cast: SimpleNamespace, plan: cycles.YearPlan | None = None) -> SimpleNamespace:
    """The year 2027: all five stages, with a project in evaluation and one that runs, in each of two departments."""
    cycle = cycles.create_cycle(year=2027, plan=plan or cycles.YearPlan(), by=cast.ada, at=MARCH)
    cycle = forecasts.publish_year(cycle, by=cast.ada, at=MARCH, seen=1)
    arts, sports = Department.objects.get(slug="arts"), Department.objects.get(slug="sports")
    sides = [Side(cast, arts, cast.amina, cast.ben, ""), Side(cast, sports, cast.bao, None, MARK)]
    for side in sides:
        forecast(side, cycle)
        add_fund(side, cycle)
    report = forecasts.start_report(cycle, by=cast.chidi, at=APRIL)
    requests.publish_report(report, by=cast.chidi, at=APRIL, seen=report.version)
    for side in sides:
        ask(side, cycle)
    decide_budget(sides, cycle)
    for side in sides:
        run(side, cycle)
        evaluate_projects(side, cycle)
    meet(sides, cycle)
    train(sides, cycle)
    propose(sides, cycle)
    feedback.answer_stage(cycle, "forecast", answer="hard", by=cast.amina, at=AUGUST)
    return SimpleNamespace(cycle=cycle, arts=sides[0], sports=sides[1])


def every_kind(order: str = "pk") -> dict[str, Any]:
    """The first record of every kind that there is a table of steps for; with `-pk` the last one."""
    found = {workflow.kind: workflow.model._default_manager.order_by(order).first() for workflow in ALL_WORKFLOWS}
    forgotten = [kind for kind, record in found.items() if record is None]
    assert forgotten == [], MADE_IN
    return found


def forecast(side: Side, cycle: Cycle) -> None:
    """Two projects, sent back once, submitted, accepted, talked about."""
    found = side.now(Forecast, cycle=cycle)
    for name in ("Story hours", "Summer league"):
        project = forecasts.add_project(
            found,
            forecasts.NewProject(side.words(name), lead=side.lead, purpose=side.words("For families")),
            by=side.head,
            at=MARCH,
        )
        line = project.forecast_line
        typed = {m: forecasts.Typed(Decimal(f), "feedback", side.words("A waiting list")) for m, f in NEEDED.items()}
        forecasts.set_figures(line, typed, by=side.head, at=MARCH, seen=line.forecast.version)
    comment("forecast", found, side.words("Two projects this year"), by=side.head, at=MARCH)
    side.take(forecasts.submit, found, side.head, MARCH)
    side.take(forecasts.send_back, found, side.cast.chidi, MARCH, comment=side.words("Count again"))
    side.take(forecasts.submit, found, side.head, MARCH, comment=side.words("Counted again"))
    side.take(forecasts.accept, found, side.cast.chen, MARCH)


def add_fund(side: Side, cycle: Cycle) -> None:
    """A money pool for the department; as there are two, no request is filled in until its department says which."""
    terms = requests.PoolTerms(f"Fund {side.department.slug}", "USD", Decimal(5000))
    side.pool = requests.add_pool(cycle, "money", terms, by=side.cast.chidi, at=MARCH)


def ask(side: Side, cycle: Cycle) -> None:
    """A line of the department's fund for each project, granted, the last one in part."""
    asked = side.now(ResourceRequest, cycle=cycle)
    for project in Project.objects.filter(cycle=cycle, department=side.department).order_by("pk"):
        asked.refresh_from_db()
        hall = requests.AskedLine(
            side.pool,
            side.words("Hall"),
            Decimal(800),
            why=side.words("Rent"),
            why_not_forecast=side.words("Came up later"),
        )
        requests.add_line(asked, project, hall, by=side.head, at=APRIL, seen=asked.version)
    comment("request", asked, side.words("The hall is urgent"), by=side.head, at=APRIL)
    side.take(requests.submit, asked, side.head, APRIL, comment=side.words("As agreed"))
    lines = list(asked.lines.select_related("request", "project", "pool").order_by("pk"))
    for line in lines[:-1]:
        grant(side, line, "full", 0)
    grant(side, lines[-1], "part", 500)
    side.take(requests.allocate, asked, side.cast.chidi, APRIL)


def grant(side: Side, line: Any, decision: str, granted: int) -> None:
    """Decide one line, with the reason the department reads."""
    line.request.refresh_from_db()
    decided = requests.LineDecision(decision, Decimal(granted), side.words("What the fund holds"))
    requests.grant(line, decided, by=side.cast.chidi, at=APRIL, seen=line.request.version)


def decide_budget(sides: list[Side], cycle: Cycle) -> None:
    """Compiled, shared, contested and settled, proposed, approved."""
    cast = sides[0].cast
    budget = budgets.compile_budget(cycle, by=cast.dora, at=MAY)
    for side in sides:
        line = budget.lines.filter(department=side.department).order_by("pk").first()
        budget.refresh_from_db()
        line.budget = budget
        amounts = budgets.LineAmounts(*line.quarters, computation=side.words("Twelve months"))
        budgets.set_line(line, amounts, by=cast.dora, at=MAY, seen=budget.version)
    sides[0].take(budgets.share, budget, cast.dora, MAY)
    for side in sides:
        answer_budget(side, budget)
    sides[0].take(budgets.propose, budget, cast.dora, MAY)
    sides[0].take(budgets.approve, budget, cast.emil, MAY)


def answer_budget(side: Side, budget: Budget) -> None:
    """One line contested and settled, then all confirmed."""
    found = Confirmation.objects.select_related("budget").get(budget=budget, department=side.department)
    line = budget.lines.filter(department=side.department, is_refused=False).order_by("pk")[0]
    contested = {line.pk: (line.amount - 1, side.words("One less"))}
    side.take(budgets.contest, found, side.head, MAY, contested=contested)
    side.take(budgets.settle, found, side.cast.dora, MAY, amounts={line.pk: line.amount - 1})
    side.take(budgets.confirm, found, side.head, MAY)
    comment("confirmation", found, side.words("Agreed"), by=side.head, at=MAY)


def run(side: Side, cycle: Cycle) -> None:
    """Both projects start; the first spends, reports, has trouble and is audited."""
    projects = list(Project.objects.filter(cycle=cycle, department=side.department).order_by("pk"))
    for project in projects:
        side.take(reports.activate, project, side.head, JULY)
    side.project = projects[0]
    line = Appropriation.objects.filter(project=side.project).order_by("pk")[0]
    place = FilePlace(side.words("spent.xlsx"), side.words("July"), 2)
    chairs = spending.Payment(Decimal(40), date(2027, 7, 5), side.words("Chairs"), side.words("R-1"), place)
    expense = spending.post(line, chairs, by=side.cast.dora, at=JULY)
    spending.correct(expense, why=side.words("Paid twice"), by=side.cast.dora, at=JULY)
    rent = spending.Payment(Decimal(10), date(2027, 6, 28), side.words("Early rent"))
    spending.ask_exception(line, rent, why=side.words("Moved"), by=side.cast.dora, at=JULY)
    report = ProgressReport.objects.filter(project=side.project).order_by("period_first")[0]
    texts = {name: side.words(name) for name in ("problems", "outlook", "explanation")}
    content = reports.ReportContent(activities_held=1, participants_reached=20, **texts)
    side.take(reports.write, report, side.head, AUGUST, content=content)
    side.take(reports.submit, report, side.head, AUGUST)
    side.take(reports.accept, report, side.cast.emil, AUGUST, comment=side.words("Well done"))
    reports.correct_count(report, "participants", 25, reason=side.words("A list was found"), by=side.head, at=AUGUST)
    trouble = {"title": side.words("Roof"), "text": side.words("It leaks")}
    issue = reports.raise_issue(side.project, by=side.head, at=AUGUST, **trouble)
    side.take(reports.resolve, issue, side.head, AUGUST, comment=side.words("Mended"))
    audit(side, cycle)


def decline_corrections(project: Project, by: User, at: datetime) -> None:
    """Nothing that was asked for is left: the counts of a project's reports stay as they were accepted."""
    for asked in CountCorrection.objects.filter(project=project, state="asked"):
        reports.decline(asked, by=by, at=at, seen=asked.version, comment="The list was another one")


def audit(side: Side, cycle: Cycle) -> None:
    """A finding, answered."""
    planned = audits.AuditPlan(side.words("Cash box"), side.department, AUGUST.date())
    found = audits.plan(cycle, planned, by=side.cast.dora, at=AUGUST)
    side.take(audits.begin, found, side.cast.dev, AUGUST)
    found.refresh_from_db()
    observed = audits.Observation(side.words("No receipts"), date(2027, 9, 30))
    finding = audits.find(found, observed, by=side.cast.dev, at=AUGUST, seen=found.version)
    side.take(audits.ask, found, side.cast.dev, AUGUST)
    side.take(audits.answer, finding, side.head, AUGUST, comment=side.words("We look for them"))


def evaluate_projects(side: Side, cycle: Cycle) -> None:
    """The first project is completed and its evaluation handed in; feedback and a measure."""
    ended = AUGUST + timedelta(days=1)
    side.take(reviews.complete, side.project, side.head, ended)
    found = side.now(Evaluation, project=side.project)
    answers = {name: side.words(name) for name in ("reached", "problems", "better", "explanation")}
    side.take(reviews.write, found, side.head, ended, people_used=Decimal(100), **answers)
    found.refresh_from_db()
    reviews.write_lesson(found, side.words("Begin in May"), by=side.head, at=ended, seen=found.version)
    side.take(reviews.submit, found, side.head, ended)
    feedback.give(
        cycle, side.department, title=side.words("The form"), text=side.words("It is long"), by=side.head, at=ended
    )
    proposal = improvements.MeasureProposal(side.words("Buy a tent"), "evaluation", project_slug=side.project.slug)
    measure = improvements.propose(cycle, side.department, proposal, by=side.head, at=ended)
    assignment = improvements.Assignment(side.head, date(2027, 12, 1))
    comment = side.words("Do")
    side.take(improvements.adopt, measure, side.cast.emil, ended, assignment=assignment, comment=comment)


def meet(sides: list[Side], cycle: Cycle) -> None:
    """A meeting is called; everybody is invited, so nothing of one department stands in it."""
    cast = sides[0].cast
    meetings.call(cycle, meetings.MeetingTerms(date(2027, 9, 15), "Town hall"), by=cast.emil, at=AUGUST)


def train(sides: list[Side], cycle: Cycle) -> None:
    """Heads need to know how an evaluation is written; both are invited to a session that teaches it."""
    cast = sides[0].cast
    terms = training.NeedTerms("Write an evaluation", "head", "evaluation/submit", "evaluation")
    need = training.add_need(terms, by=cast.ada, at=AUGUST)
    when = training.SessionTerms(date(2027, 9, 22), time(10), "Town hall", cast.chen, 12)
    session = training.plan(cycle, need, when, by=cast.ada, at=AUGUST)
    training.invite(session, [side.head for side in sides], by=cast.ada, at=AUGUST, seen=session.version)


def propose(sides: list[Side], cycle: Cycle) -> None:
    """Everybody reads a change proposal, so nothing of one department stands in it."""
    change = proposals.ProposedChange("window", "Three weeks", "Three weeks for requests", "Two were too short")
    proposals.propose_change(cycle, change, by=sides[0].head, at=AUGUST)
