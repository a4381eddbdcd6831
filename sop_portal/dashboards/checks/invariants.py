"""Whether every kept total fits its rows, and every state its stamps and the trail."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from django.utils.translation import override

from budgets.models import Appropriation, BudgetLine, Expense, LineWarning
from evaluations.models import CountCorrection, Evaluation, Issue, ProgressReport
from planning.models import ForecastLine, Pool, Project, ReportLine, RequestLine, ResourceKind
from sop_portal.dashboards.checks import everything_found
from sop_portal.dashboards.checks.bounds import out_of_bounds
from sop_portal.dashboards.checks.chain import broken_links
from sop_portal.dashboards.checks.equations import AMOUNT, EQUATIONS
from sop_portal.dashboards.checks.hindsight import misread_lessons
from sop_portal.dashboards.checks.history import history_problems
from sop_portal.dashboards.checks.missing_rows import missing_rows, rows_without
from sop_portal.dashboards.checks.papers import papers
from sop_portal.dashboards.checks.sealed import changed_records, changed_rows
from sop_portal.dashboards.checks.stamps import otherwise_stamped
from sop_portal.dashboards.checks.stored_warnings import lines_with_wrong_warnings
from sop_portal.dashboards.checks.values import values_beyond
from sop_portal.dashboards.figures import ZERO, to_cents
from sop_portal.foundation.trail.models import Entry, Head
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.stages import ALL_WORKFLOWS

SHOWN = 20
MONEY = ResourceKind.MONEY
CENT, ONE = Decimal("0.01"), Decimal(1)
# Rows, the paths to their department and year, and the parent that has to be of the same department and year.
PARENTS: tuple[tuple[type[Model], str, str, str], ...] = (
    (ForecastLine, "forecast__department", "forecast__cycle", "project"),
    (ReportLine, "department", "report__cycle", "line__forecast"),
    (RequestLine, "request__department", "request__cycle", "project"),
    (BudgetLine, "department", "budget__cycle", "project"),
    (BudgetLine, "department", "budget__cycle", "allocation__request"),
    (Appropriation, "department", "cycle", "project"),
    (Expense, "department", "cycle", "project"),
    (ProgressReport, "department", "cycle", "project"),
    (CountCorrection, "department", "cycle", "project"),
    (CountCorrection, "department", "cycle", "report"),
    (Issue, "department", "cycle", "project"),
    (Evaluation, "department", "cycle", "project"),
    (LineWarning, "department", "cycle", "appropriation"),
)


def problems() -> list[str]:
    """Everything that does not fit, a sentence each; empty is good."""
    with override("en"):
        return list(everything_found(CHECKS))


def totals() -> Iterator[str]:
    """Kept totals that differ from what their rows add up to."""
    for equation in EQUATIONS:
        field, rows = equation.field, equation.broken()
        shown = first_of(rows)
        for row in shown:
            kept, computed = to_cents(getattr(row, field)), to_cents(row.computed)
            yield f"{title_of(row)}: {field} is kept as {kept}, but {equation.description} comes to {computed}."
        if len(shown) == SHOWN:
            yield from rest_of(rows, f"{equation.model._meta.verbose_name_plural}: {field} does not fit")


def limits() -> Iterator[str]:
    """More spent than approved, more committed than there is."""
    for line in first_of(Appropriation.objects.filter(spent__gt=F("approved"))):
        yield f"{title_of(line)}: {line.spent} is spent, but only {line.approved} approved."
    for project in first_of(Project.objects.filter(spent__gt=F("budgeted"))):
        yield f"{title_of(project)}: {project.spent} is spent, but only {project.budgeted} budgeted."
    for pool in first_of(Pool.objects.filter(committed__gt=F("capacity"))):
        yield f"{title_of(pool)}: {pool.committed} is committed, but there is only {pool.capacity}."


def chain() -> Iterator[str]:
    """Links between grant, line, fund, approved line and expense that do not hold."""
    for link in broken_links():
        for row in first_of(link.rows.order_by("pk")):
            yield f"{title_of(row)}: {link.sentence}"


def absent() -> Iterator[str]:
    """Rows that should be there and are missing."""
    for rows, sentence in rows_without():
        for row in first_of(rows.order_by("pk")):
            yield f"{title_of(row)}: {sentence}"
    yield from islice(missing_rows(), SHOWN)


def bounds() -> Iterator[str]:
    """What lies in a closed year, outside of what it belongs to, or not where it was due."""
    for rows, sentence in out_of_bounds():
        for row in first_of(rows if isinstance(rows, list) else rows.order_by("pk")):
            yield f"{title_of(row)}: {sentence}"


def values() -> Iterator[str]:
    """Values that their rows may not hold."""
    for rows, sentence in values_beyond():
        for row in first_of(rows.order_by("pk")):
            yield f"{title_of(row)}: {sentence}"


def costs() -> Iterator[str]:
    """Request lines whose cost is not what their quantity comes to, asked or granted."""
    for cost, quantity in (("cost", "quantity"), ("granted_cost", "granted")):
        computed = ExpressionWrapper(F(quantity) * F("unit_cost"), output_field=AMOUNT)
        rows = RequestLine.objects.annotate(computed=computed, gap=F(cost) - computed)
        for line in first_of(rows.filter(Q(gap__gt=CENT) | Q(gap__lt=-CENT)).order_by("pk")):
            kept = to_cents(getattr(line, cost))
            yield f"{title_of(line)}: {cost} is kept as {kept}, but its {quantity} comes to {to_cents(line.computed)}."


def payers() -> Iterator[str]:
    """Pools that do not say who pays, and lines that cost otherwise than their pool does."""
    silent = Q(is_paid_for=False) & (Q(rate__isnull=True) | Q(paid_from__isnull=True))
    twice = Q(is_paid_for=True) & (Q(rate__isnull=False) | Q(paid_from__isnull=False))
    for pool in first_of(Pool.objects.exclude(kind=MONEY).filter(silent | twice).order_by("pk")):
        yield f"{title_of(pool)}: it does not say at what rate and from which money it is paid, or that it is paid for."
    says = Q(is_paid_for=True) | Q(rate__isnull=False) | Q(paid_from__isnull=False)
    for pool in first_of(Pool.objects.filter(says, kind=MONEY).order_by("pk")):
        yield f"{title_of(pool)}: it is money, and says that others pay for it."
    elsewhere = ~Q(paid_from__kind=MONEY) | ~Q(paid_from__cycle=F("cycle"))
    for pool in first_of(Pool.objects.filter(elsewhere, paid_from__isnull=False).order_by("pk")):
        yield f"{title_of(pool)}: it is paid from what is no money of its year."
    rate = Case(When(pool__kind=MONEY, then=ONE), default=Coalesce("pool__rate", ZERO), output_field=AMOUNT)
    for line in first_of(RequestLine.objects.alias(rate=rate).exclude(unit_cost=F("rate")).order_by("pk")):
        yield f"{title_of(line)}: a unit costs {to_cents(line.unit_cost)}, which is not what its pool says."


def beyond_forecast() -> Iterator[str]:
    """Lines that ask for more than the forecast had left for them, and do not say why."""
    rows = RequestLine.objects.filter(quantity__gt=F("forecast_left"), why="")
    for line in first_of(rows.order_by("pk")):
        asked, left = to_cents(line.quantity), to_cents(line.forecast_left or 0)
        yield f"{title_of(line)}: it asks for {asked} where the forecast has {left} left, and does not say why."


def misplaced() -> Iterator[str]:
    """Rows that do not belong to the department and the year of their parent."""
    for model, department, cycle, parent in PARENTS:
        here = Q(**{department: F(f"{parent}__department")}, **{cycle: F(f"{parent}__cycle")})
        rows = model._default_manager.filter(**{f"{parent.split('__')[0]}__isnull": False})
        for row in first_of(rows.exclude(here).order_by("pk")):
            yield f"{title_of(row)}: its {parent.split('__')[-1]} belongs to another department or year."


def own_decisions() -> Iterator[str]:
    """Decisions of somebody who contributed to the record before."""
    for workflow in ALL_WORKFLOWS:
        for stamp in sorted({s.stamps for s in workflow.steps if s.four_eyes and s.stamps}):
            contributed = Contributor.objects.filter(
                kind=workflow.kind,
                record_id=OuterRef("pk"),
                person_id=OuterRef(f"{stamp}_by"),
                at__lt=OuterRef(f"{stamp}_at"),
            )
            for row in first_of(workflow.model._default_manager.filter(Exists(contributed)).order_by("pk")):
                yield f"{title_of(row)}: whoever has {stamp} it had a hand in it before."


def early_warnings() -> Iterator[str]:
    """Warnings kept with the lines of a year that are not what its figures come to."""
    for line, kept, computed in islice(lines_with_wrong_warnings(), SHOWN):
        names = [", ".join(sorted(flag.value for flag in flags)) or "nothing" for flags in (kept, computed)]
        yield f"{title_of(line)}: it is kept as warned of {names[0]}, but its figures come to {names[1]}."


def without_line() -> Iterator[str]:
    """Lines in force that nothing can be spent on, and expenses that stand on another year's or project's line."""
    known = Appropriation.objects.filter(cycle=OuterRef("budget__cycle"), number=OuterRef("number"))
    lines = BudgetLine.objects.filter(budget__state="approved", is_refused=False).exclude(Exists(known))
    for line in first_of(lines.order_by("pk")):
        yield f"{title_of(line)}: the line is in force, but nothing can be spent on it."
    strays = Expense.objects.exclude(appropriation__project=F("project"), appropriation__cycle=F("cycle"))
    for expense in first_of(strays.order_by("pk")):
        yield f"{title_of(expense)}: the expense stands on a line of another project or year."


def states() -> Iterator[str]:
    """States that do not exist, that lack their stamp, or that the trail knows nothing of."""
    for workflow in ALL_WORKFLOWS:
        rows: QuerySet[Any] = workflow.model._default_manager.order_by("pk")
        for row in first_of(rows.exclude(state__in=workflow.states.values)):
            yield f"{title_of(row)}: there is no state “{row.state}”."
        for stamp, reached in stamped_by(workflow):
            unknown = Q(**{f"{stamp}_at__isnull": True}) | Q(**{f"{stamp}_by__isnull": True})
            for row in first_of(rows.filter(unknown, state__in=reached)):
                yield f"{title_of(row)}: the state is “{row.state}”, but nobody is known to have {stamp} it."
        for row in first_of(not_as_in_trail(workflow)):
            yield f"{title_of(row)}: the state is “{row.state}”, but the trail ends at “{row.last_state}”."


def stamps() -> Iterator[str]:
    """Stamps of a step that say another person or moment than the trail does."""
    for workflow in ALL_WORKFLOWS:
        for row, stamp in islice(otherwise_stamped(workflow), SHOWN):
            yield f"{title_of(row)}: the trail knows another person or moment that has {stamp} it."


def stamped_by(workflow: Workflow[Any]) -> Iterator[tuple[str, list[str]]]:
    """The stamps of a workflow, each with the states that a step with this stamp leads to."""
    reached: dict[str, list[str]] = {}
    for step in workflow.steps:
        if step.stamps:
            reached.setdefault(step.stamps, []).append(step.target)
    yield from reached.items()


def not_as_in_trail(workflow: Workflow[Any]) -> QuerySet[Any]:
    """Records whose last change of state in the trail leads elsewhere; records from before the trail are left out."""
    entries = Entry.objects.of(workflow.kind, OuterRef("pk")).exclude(state_to="")  # type: ignore[arg-type]
    last_state = Subquery(entries.values("state_to")[:1])
    rows: QuerySet[Any] = workflow.model._default_manager.annotate(last_state=last_state)
    return rows.filter(last_state__isnull=False).exclude(last_state=F("state")).order_by("pk")


def kept() -> Iterator[str]:
    """Records and rows in which something else stands than acts left in them."""
    for record, sentence in changed_records(SHOWN):
        yield f"{title_of(record)}: {sentence}"
    yield from changed_rows(SHOWN)


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


def first_of(rows: QuerySet[Any] | list[Any]) -> list[Any]:
    """The first rows, as many as are named one by one. Mostly there is none, which is sooner asked than fetched."""
    if isinstance(rows, QuerySet) and not rows.exists():
        return []
    return list(rows[:SHOWN])


def rest_of(rows: QuerySet[Any], what: str) -> Iterator[str]:
    """How many more there are, where not all were shown."""
    more = rows.count() - SHOWN
    if more > 0:
        yield f"{what} in {more} more."


def title_of(row: Model) -> str:
    """What a row is, in a form that can be looked up."""
    return f"{capfirst(row._meta.verbose_name)} {row.pk} “{row}”"


CHECKS = (
    totals,
    limits,
    chain,
    absent,
    bounds,
    values,
    costs,
    payers,
    beyond_forecast,
    without_line,
    early_warnings,
    misplaced,
    states,
    stamps,
    own_decisions,
    history_problems,
    misread_lessons,
    kept,
    trail,
    papers,
)
