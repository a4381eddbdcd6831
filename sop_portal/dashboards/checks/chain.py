"""The chain of limits, link by link: grant, budget line, fund, approved line, spending, year, corrected counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Round

from budgets.drafting.figures import QUARTERS, days_of_quarters
from budgets.drafting.workflow.budget import needs_two
from budgets.models import Appropriation, Budget, BudgetLine, Expense, Fund, ReleasedGrant
from evaluations.models import CountCorrection
from evaluations.reports.models import COUNTERS
from planning.cycles.calendar import invoices_until
from planning.models import Cycle, ForecastFigure, Project, RequestLine
from planning.requests.workflow import REQUEST
from sop_portal.foundation.trail.models import Entry

PLACES = 2
AMOUNT = DecimalField(max_digits=20, decimal_places=PLACES)
IN_FORCE = Q(budget__state="approved")
STOPPED = [Project.State.ON_HOLD, Project.State.CANCELLED]
# Of what came with a file: no exception was granted for it before.
UNEXCEPTED = Q(brought_row__excepted_because="")
LIVING = ("brought", "returned", "draft", "shared", "proposed", "endorsed", "approved")


@dataclass(frozen=True)
class BrokenLink:
    """Rows at which the chain is broken, and what is wrong with each."""

    rows: QuerySet[Any]
    sentence: str


def broken_links() -> Iterator[BrokenLink]:
    """Every link of the chain, with the rows at which it does not hold."""
    yield from _grants()
    yield from _lines()
    yield from _approvals()
    yield from _funds()
    yield from _days_and_exceptions()
    yield from _late_invoices()
    yield from _releases()
    yield from _labels()
    yield from _stopped_projects()
    yield from _corrected_counts()


def _grants() -> Iterator[BrokenLink]:
    """What is granted is within what was asked, asked of the forecast it names, and stands in the budget."""
    lines = RequestLine.objects.all()
    yield BrokenLink(lines.filter(granted__gt=F("quantity")), "it is granted more than it asks for.")
    hours, money = forecast_of_line("people"), forecast_of_line("materials", "money")
    named = lines.filter(forecast_line__isnull=False, forecast_left__isnull=False)
    more = Q(pool__kind="people", forecast_left__gt=hours) | ~Q(pool__kind="people") & Q(in_money__gt=money)
    named = named.annotate(in_money=Round(F("forecast_left") * F("unit_cost"), PLACES)).filter(more)
    yield BrokenLink(named, "it says that more is left of the forecast than was forecast.")
    other = Q(metric="people") & ~Q(pool__kind="people") | Q(metric__in=["materials", "money"], pool__kind="people")
    yield BrokenLink(lines.filter(other), "its forecast is of another kind than its pool.")
    in_force = BudgetLine.objects.filter(IN_FORCE, allocation=OuterRef("pk"))
    shared = Budget.objects.filter(
        state="approved", cycle=OuterRef("request__cycle"), shared_at__gt=OuterRef("request__allocated_at")
    )
    granted = lines.filter(request__state="allocated", granted_cost__gt=0)
    left_out = granted.filter(Exists(shared)).exclude(Exists(in_force))
    yield BrokenLink(left_out, "it was granted before the budget in force was shared, and stands in no line of it.")
    waiting = ReleasedGrant.objects.filter(allocation=OuterRef("line__allocation"), settled_at=None)
    closed = Appropriation.objects.filter(project__state=Project.State.ON_HOLD, closed_at__isnull=False)
    less = closed.filter(line__allocation__granted_cost__lt=F("line__allocated")).exclude(Exists(waiting))
    yield BrokenLink(less, "its project is on hold, but nothing says what it gets back when it goes on.")


def forecast_of_line(*metrics: str) -> Coalesce:
    """What the forecast that a request line names comes to in these measures."""
    figures = ForecastFigure.objects.filter(line=OuterRef("forecast_line"), metric__in=metrics)
    sums = figures.order_by().values("line").annotate(sum=Round(Sum("figure"), PLACES)).values("sum")
    return Coalesce(Subquery(sums), Decimal(0), output_field=AMOUNT)


def _approvals() -> Iterator[BrokenLink]:
    """A decision above the limit of one manager was taken by two."""
    # A plan that was approved elsewhere is confirmed by one.
    by_one = Budget.objects.filter(state__in=["approved", "superseded"], endorsed_by=None).exclude(kind="brought")
    limited = by_one.filter(cycle__second_approval_above__isnull=False).select_related("cycle")
    above = [budget.pk for budget in limited if needs_two(budget)]
    yield BrokenLink(Budget.objects.filter(pk__in=above), "it is above the limit of one manager, and one approved it.")


def _days_and_exceptions() -> Iterator[BrokenLink]:
    """What was spent lies in the time of its year and project, or within the exception it stands on."""
    spent = Expense.objects.filter(corrects=None)
    days = Q(spent_on__lt=F("project__starts_on")) | Q(spent_on__gt=F("project__ends_on"))
    days |= Q(spent_on__lt=F("cycle__starts_on")) | Q(spent_on__gt=F("cycle__ends_on"))
    # What came with a file may stand on an exception that was granted before.
    without = spent.filter(exception=None, correction=None).filter(Q(brought_row=None) | UNEXCEPTED)
    yield BrokenLink(
        without.filter(days),
        "it was spent outside the time of its project, without an exception.",
    )
    excepted = Q(exception__state="granted", amount__lte=F("exception__amount"), spent_on=F("exception__spent_on"))
    excepted &= Q(appropriation=F("exception__appropriation"))
    yield BrokenLink(
        spent.filter(exception__isnull=False).exclude(excepted), "it goes beyond the exception it stands on."
    )


def _late_invoices() -> Iterator[BrokenLink]:
    """After a project was completed, invoices of its time come within some days, later by an exception."""
    ended = Expense.objects.filter(corrects=None, correction=None, exception=None, project__completed_at__isnull=False)
    ended = ended.filter(Q(brought_row=None) | UNEXCEPTED)
    late, after = [], []
    for expense in ended.filter(posted_at__gt=F("project__completed_at")).select_related("project__cycle"):
        project = expense.project
        completed_on = project.cycle.day(project.completed_at) if project.completed_at else project.ends_on
        if expense.spent_on > completed_on:
            after.append(expense.pk)
        if project.cycle.day(expense.posted_at) > invoices_until(completed_on):
            late.append(expense.pk)
    spent = Expense.objects.all()
    yield BrokenLink(spent.filter(pk__in=after), "it was spent after its project was completed.")
    yield BrokenLink(spent.filter(pk__in=late), "it came too late for its project, without an exception.")


def _releases() -> Iterator[BrokenLink]:
    """What was given back was given back by an act, and waits only while its project is on hold."""
    act = Entry.objects.filter(kind="request", record_id=OuterRef("allocation__request"), at=OuterRef("released_at"))
    released = ReleasedGrant.objects.all()
    yield BrokenLink(released.exclude(Exists(act)), "no act has given it back.")
    waiting = released.filter(settled_at=None).exclude(project__state=Project.State.ON_HOLD)
    yield BrokenLink(waiting, "it waits for a project that is not on hold.")
    elsewhere = released.exclude(project=F("allocation__project"))
    yield BrokenLink(elsewhere, "it was given back by another project than it was granted to.")
    # Rounded, because SQLite subtracts in binary fractions.
    left = Round(F("allocation__quantity") - F("allocation__granted"), PLACES, output_field=AMOUNT)
    beyond = released.annotate(left=left).filter(settled_at=None, quantity__gt=F("left"))
    yield BrokenLink(beyond, "it would take back more than was ever asked for.")
    known = ReleasedGrant.objects.filter(project=OuterRef("project"))
    closed = Appropriation.objects.filter(closed_at__isnull=False).exclude(project__state__in=STOPPED)
    yield BrokenLink(closed.exclude(Exists(known)), "it is closed, but its project was never stopped.")


def _lines() -> Iterator[BrokenLink]:
    lines = BudgetLine.objects.annotate(sum=Round(F("q1") + F("q2") + F("q3") + F("q4"), PLACES))
    yield BrokenLink(
        lines.filter(sum__gt=F("allocated"), more_reason=""), "it holds more than was allocated, and nobody said why."
    )
    released = ReleasedGrant.objects.filter(allocation=OuterRef("allocation"))
    kept = lines.filter(budget__state__in=LIVING).exclude(Exists(released)).exclude(project__state__in=STOPPED)
    other = (
        kept.filter(allocation__isnull=False)
        .annotate(granted=Round(F("allocation__granted_cost"), PLACES))
        .exclude(granted=F("allocated"))
    )
    yield BrokenLink(other, "what it says was allocated is not what was granted.")
    brought = lines.filter(budget__state__in=LIVING).exclude(project__state__in=STOPPED)
    brought = brought.filter(brought_row__isnull=False).exclude(brought_row__amount=F("allocated"))
    yield BrokenLink(brought, "what it says was brought in is not what its row says.")
    elsewhere = lines.filter(brought_row__isnull=False).exclude(brought_row__cycle=F("budget__cycle"))
    yield BrokenLink(elsewhere, "its row was brought in for another year.")
    unsaid = lines.filter(brought_row__isnull=False, budget__based_on=None).exclude(budget__kind="brought")
    yield BrokenLink(unsaid, "it was brought in, but its version does not say who approved it.")
    wordless = lines.filter(fund__is_restricted=True, serves_purpose="")
    yield BrokenLink(wordless, "it stands on a restricted fund, and nobody said how it serves the purpose.")


def _funds() -> Iterator[BrokenLink]:
    over = Fund.objects.filter(amount__isnull=False, in_force__gt=F("amount"))
    yield BrokenLink(over, "its lines in force come to more than it holds.")
    nothing_said = Fund.objects.filter(Q(purpose="") | Q(amount__isnull=True), is_restricted=True)
    yield BrokenLink(nothing_said, "it is restricted, but does not say to what or how much.")
    yield BrokenLink(_outside_period(), "it holds money outside the period of its fund.")
    outside = Expense.objects.filter(corrects=None, correction=None)
    outside = outside.filter(Q(spent_on__lt=F("fund__starts_on")) | Q(spent_on__gt=F("fund__ends_on")))
    yield BrokenLink(outside, "it was spent outside the period of its fund.")


def _outside_period() -> QuerySet[BudgetLine]:
    wrong = Q(pk__in=[])
    for cycle in Cycle.objects.filter(budgets__state="approved"):
        for name, (first, last) in zip(QUARTERS, days_of_quarters(cycle.starts_on), strict=True):
            outside = Q(fund__starts_on__gt=first) | Q(fund__ends_on__lt=min(last, cycle.ends_on))
            wrong |= outside & Q(budget__cycle=cycle, **{f"{name}__gt": 0})
    return BudgetLine.objects.filter(IN_FORCE & wrong)


def _labels() -> Iterator[BrokenLink]:
    """What is spent keeps the labels it was spent under."""
    of_line = "appropriation__"
    same = {name: F(f"{of_line}{name}") for name in ("department", "project", "cycle")}
    yield BrokenLink(Expense.objects.exclude(**same), "its line has another department, project or year by now.")
    # What was undone is not spent: it keeps the labels it was undone under, and its line may go elsewhere.
    spent = Expense.objects.filter(corrects=None, correction=None)
    labels = {name: F(f"{of_line}{name}") for name in ("fund", "category")}
    yield BrokenLink(spent.exclude(**labels), "its line has another fund or category by now.")
    line = {name: F(f"line__{name}") for name in ("fund", "category", "department", "project", "number")}
    yield BrokenLink(Appropriation.objects.exclude(**line), "the line in force it stands for has other labels.")
    elsewhere = Appropriation.objects.exclude(line__budget__state="approved")
    yield BrokenLink(elsewhere, "it stands for a line that is not in force.")


def _stopped_projects() -> Iterator[BrokenLink]:
    """Nothing is committed for a project on hold or cancelled beyond what it has used."""
    lines = Appropriation.objects.filter(project__state__in=STOPPED)
    yield BrokenLink(lines.filter(closed_at=None), "its project is on hold or cancelled, but the line is open.")
    closed = Appropriation.objects.filter(closed_at__isnull=False).exclude(approved=F("spent"))
    yield BrokenLink(closed, "it is closed, but holds another amount than was spent.")
    granted = RequestLine.objects.filter(project__state__in=STOPPED, granted__gt=0)
    spent = Appropriation.objects.filter(line__allocation=OuterRef("pk"), spent__gt=0)
    yield BrokenLink(
        granted.exclude(Exists(spent)), "its project is on hold or cancelled, but what it was granted is not free."
    )
    asked = RequestLine.objects.filter(project__state=Project.State.CANCELLED)
    waiting = asked.filter(request__state__in=REQUEST.awaiting)
    yield BrokenLink(waiting, "its project is cancelled, but it still asks for something.")
    planned = BudgetLine.objects.filter(budget__state__in=LIVING[:-1], project__state=Project.State.CANCELLED)
    spent_on = Appropriation.objects.filter(cycle=OuterRef("budget__cycle"), number=OuterRef("number"))
    planned = planned.annotate(sum=Round(F("amount"), PLACES)).filter(sum__gt=0)
    held = planned.exclude(Exists(spent_on.filter(spent=OuterRef("sum"))))
    yield BrokenLink(held, "its project is cancelled, but the version in the making still gives it money.")


def _corrected_counts() -> Iterator[BrokenLink]:
    """A count is corrected in an accepted report only, and from what counted until then."""
    corrections = CountCorrection.objects.all()
    yield BrokenLink(corrections.exclude(report__state="accepted"), "its report is not accepted.")
    earlier = corrections.in_force().filter(report=OuterRef("report"), metric=OuterRef("metric"), pk__lt=OuterRef("pk"))
    cases = (When(metric=metric, then=F(f"report__{name}")) for metric, name in COUNTERS.items())
    counted = Coalesce(Subquery(earlier.order_by("-pk").values("becomes")[:1]), Case(*cases))
    yield BrokenLink(
        corrections.annotate(counted=counted).exclude(was=F("counted")),
        "it does not begin with what counted until then.",
    )
