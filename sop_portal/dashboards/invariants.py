"""Whether the books are right: every kept total against its rows, every state against its stamps and the trail."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.text import capfirst
from django.utils.translation import override

from budgets.models import Appropriation, BudgetLine, Expense
from evaluations.models import Evaluation, Issue, ProgressReport
from planning.models import ForecastLine, Pool, Project, ReportLine, RequestLine
from sop_portal.dashboards.equations import EQUATIONS, FIGURE
from sop_portal.foundation.trail.models import Entry, Head
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.stages import ALL_RECORDS, Records

SHOWN = 20
CENT = Decimal("0.01")
# Rows, the paths to their department and year, and what they have to share them with.
GROUNDS: tuple[tuple[Any, str, str, str], ...] = (
    (ForecastLine, "forecast__department", "forecast__cycle", "project"),
    (ReportLine, "department", "report__cycle", "line__forecast"),
    (RequestLine, "request__department", "request__cycle", "project"),
    (BudgetLine, "department", "budget__cycle", "project"),
    (BudgetLine, "department", "budget__cycle", "allocation__request"),
    (Appropriation, "department", "cycle", "project"),
    (Expense, "department", "cycle", "project"),
    (ProgressReport, "department", "cycle", "project"),
    (Issue, "department", "cycle", "project"),
    (Evaluation, "department", "cycle", "project"),
)


def problems() -> list[str]:
    """Everything that does not fit, a sentence each; empty is good."""
    with override("en"):
        return [*totals(), *limits(), *costs(), *without_line(), *misplaced(), *states(), *own_decisions(), *trail()]


def totals() -> Iterator[str]:
    """Kept totals that differ from what their rows add up to."""
    for equation in EQUATIONS:
        said = f"{equation.kept} is kept as {{kept}}, but {equation.says} comes to {{found}}."
        rows = equation.broken()
        for row in named(rows):
            words = said.format(kept=figure(getattr(row, equation.kept)), found=figure(row.found))
            yield f"{title_of(row)}: {words}"
        yield from rest_of(rows, f"{equation.on._meta.verbose_name_plural}: {equation.kept} does not fit")


def limits() -> Iterator[str]:
    """More spent than approved, more committed than there is."""
    for line in named(Appropriation.objects.filter(spent__gt=F("approved"))):
        yield f"{title_of(line)}: {line.spent} is spent, but only {line.approved} approved."
    for project in named(Project.objects.filter(spent__gt=F("budgeted"))):
        yield f"{title_of(project)}: {project.spent} is spent, but only {project.budgeted} budgeted."
    for pool in named(Pool.objects.filter(committed__gt=F("capacity"))):
        yield f"{title_of(pool)}: {pool.committed} is committed, but there is only {pool.capacity}."


def costs() -> Iterator[str]:
    """Request lines whose cost is not what their quantity comes to, asked or granted."""
    for kept, quantity in (("cost", "quantity"), ("granted_cost", "granted")):
        found = ExpressionWrapper(F(quantity) * F("unit_cost"), output_field=FIGURE)
        rows = RequestLine.objects.annotate(found=found, gap=F(kept) - found)
        for line in named(rows.filter(Q(gap__gt=CENT) | Q(gap__lt=-CENT)).order_by("pk")):
            words = (
                f"{kept} is kept as {figure(getattr(line, kept))}, but its {quantity} comes to {figure(line.found)}."
            )
            yield f"{title_of(line)}: {words}"


def misplaced() -> Iterator[str]:
    """Rows that do not belong to the department and the year of what they stand on."""
    for model, department, cycle, ground in GROUNDS:
        here = Q(**{department: F(f"{ground}__department")}, **{cycle: F(f"{ground}__cycle")})
        for row in named(model._default_manager.exclude(here).order_by("pk")):
            yield f"{title_of(row)}: its {ground.split('__')[-1]} belongs to another department or year."


def own_decisions() -> Iterator[str]:
    """Decisions of somebody who had a hand in the record before."""
    for records in ALL_RECORDS:
        for stamp in sorted({s.stamps for s in records.workflow.steps if s.four_eyes and s.stamps}):
            shaped = Contributor.objects.filter(
                kind=records.workflow.kind, record_id=OuterRef("pk"), person_id=OuterRef(f"{stamp}_by"),
                at__lt=OuterRef(f"{stamp}_at"),
            )  # fmt: skip
            for row in named(records.model._default_manager.filter(Exists(shaped)).order_by("pk")):
                yield f"{title_of(row)}: whoever has {stamp} it had a hand in it before."


def without_line() -> Iterator[str]:
    """Lines in force that nothing can be spent on, and expenses that stand on another year's or project's line."""
    known = Appropriation.objects.filter(cycle=OuterRef("budget__cycle"), number=OuterRef("number"))
    lines = BudgetLine.objects.filter(budget__state="approved", is_refused=False).exclude(Exists(known))
    for line in named(lines.order_by("pk")):
        yield f"{title_of(line)}: the line is in force, but nothing can be spent on it."
    strays = Expense.objects.exclude(appropriation__project=F("project"), appropriation__cycle=F("cycle"))
    for expense in named(strays.order_by("pk")):
        yield f"{title_of(expense)}: the expense stands on a line of another project or year."


def states() -> Iterator[str]:
    """States that do not exist, that lack their stamp, or that the trail knows nothing of."""
    for records in ALL_RECORDS:
        rows: QuerySet[Any] = records.model._default_manager.order_by("pk")
        for row in named(rows.exclude(state__in=records.workflow.states.values)):
            yield f"{title_of(row)}: there is no state “{row.state}”."
        for stamp, reached in stamped_by(records):
            unknown = Q(**{f"{stamp}_at__isnull": True}) | Q(**{f"{stamp}_by__isnull": True})
            for row in named(rows.filter(unknown, state__in=reached)):
                yield f"{title_of(row)}: the state is “{row.state}”, but nobody is known to have {stamp} it."
        for row in named(not_as_in_trail(records)):
            yield f"{title_of(row)}: the state is “{row.state}”, but the trail ends at “{row.said}”."


def stamped_by(records: Records) -> Iterator[tuple[str, list[str]]]:
    """The stamps of a workflow, each with the states that a step with this stamp leads to."""
    reached: dict[str, list[str]] = {}
    for step in records.workflow.steps:
        if step.stamps:
            reached.setdefault(step.stamps, []).append(step.target)
    yield from reached.items()


def not_as_in_trail(records: Records) -> QuerySet[Any]:
    """Records whose last change of state in the trail leads elsewhere; records from before the trail are left out."""
    entries = Entry.objects.of(records.workflow.kind, OuterRef("pk")).exclude(state_to="")  # type: ignore[arg-type]
    rows: QuerySet[Any] = records.model._default_manager.annotate(said=Subquery(entries.values("state_to")[:1]))
    return rows.filter(said__isnull=False).exclude(said=F("state")).order_by("pk")


def trail() -> Iterator[str]:
    """The trail has as many entries as its head says, and ends with the same one. `verify_trail` walks all of it."""
    found = Entry.objects.aggregate(entries=Count("pk"), last=Max("pk"))
    head = Head.objects.filter(pk=1).first()
    last = Entry.objects.filter(pk=found["last"]).first()
    position, ends = (head.position, head.hash) if head else (0, "")
    if (found["entries"], found["last"] or 0) != (position, position):
        yield f"The trail holds {found['entries']} entries up to {found['last'] or 0}; its head says {position}."
    elif last is not None and last.hash != ends:
        yield "The last entry of the trail is not the one its head names."


def named(rows: QuerySet[Any]) -> list[Any]:
    """The first of some rows."""
    return list(rows[:SHOWN])


def rest_of(rows: QuerySet[Any], what: str) -> Iterator[str]:
    """How many more there are, where not all were shown."""
    more = rows.count() - SHOWN if rows[SHOWN : SHOWN + 1] else 0
    if more > 0:
        yield f"{what} in {more} more."


def title_of(row: Any) -> str:
    """What a row is, in a form that can be looked up."""
    return f"{capfirst(row._meta.verbose_name)} {row.pk} “{row}”"


def figure(value: Any) -> str:
    """A figure to the cent, whatever the database counts in."""
    return f"{Decimal(value):.2f}"
