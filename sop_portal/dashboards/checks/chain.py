"""The chain of limits, link by link: grant, budget line, fund, approved line, spending, year."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Round

from budgets.drafting.figures import QUARTERS, days_of_quarters
from budgets.models import Appropriation, BudgetLine, Expense, Fund, ReleasedGrant
from planning.models import Cycle, Project, RequestLine
from planning.requests.workflow import REQUEST

PLACES = 2
IN_FORCE = Q(budget__state="approved")
STOPPED = [Project.State.ON_HOLD, Project.State.CANCELLED]
LIVING = ("draft", "shared", "proposed", "endorsed", "approved")


@dataclass(frozen=True)
class BrokenLink:
    """Rows at which the chain is broken, and what is wrong with each."""

    rows: QuerySet[Any]
    sentence: str


def broken_links() -> Iterator[BrokenLink]:
    """Every link of the chain, with the rows at which it does not hold."""
    yield from _lines()
    yield from _funds()
    yield from _labels()
    yield from _stopped_projects()


def _lines() -> Iterator[BrokenLink]:
    lines = BudgetLine.objects.annotate(sum=Round(F("q1") + F("q2") + F("q3") + F("q4"), PLACES))
    yield BrokenLink(
        lines.filter(sum__gt=F("allocated"), more_reason=""), "it holds more than was allocated, and nobody said why."
    )
    released = ReleasedGrant.objects.filter(allocation=OuterRef("allocation"))
    kept = lines.filter(budget__state__in=LIVING).exclude(Exists(released)).exclude(project__state__in=STOPPED)
    other = kept.annotate(granted=Round(F("allocation__granted_cost"), PLACES)).exclude(granted=F("allocated"))
    yield BrokenLink(other, "what it says was allocated is not what was granted.")
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
