"""Reading across stages: the sums of a year, and where every department stands. Nothing here writes."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting.workflow import CONFIRMATION
from budgets.models import Confirmation
from evaluations.models import Evaluation, ProgressReport
from planning.forecasts.workflow import FORECAST
from planning.models import Cycle, Forecast, Project, ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.kit import formats
from sop_portal.kit.pages import Cell, MatrixRow
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import Department
from sop_portal.workflow.table import Workflow

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Sums:
    """The money of a year on its way from need to spending; Decimals in the cycle's currency."""

    needed: Decimal
    asked: Decimal
    granted: Decimal
    budgeted: Decimal
    spent: Decimal
    projects: int


def sums_of(cycle: Cycle, actor: Actor) -> Sums:
    """The year's money, summed from the totals kept per project, within what the person sees."""
    names = ("needed", "asked", "granted", "budgeted", "spent")
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor).aggregate(
        projects=Count("pk"), **{name: Sum(name) for name in names}
    )  # fmt: skip
    return Sums(projects=found["projects"], **{name: found[name] or NOTHING for name in names})


def heads() -> list[str]:
    """The heads of the matrix, in the order of the stages."""
    return [_("Forecast"), _("Request"), _("Budget"), _("Execution"), _("Evaluation")]


def matrix(cycle: Cycle, actor: Actor) -> list[MatrixRow]:
    """Department by stage: what is finished is plain, what needs somebody is coloured. Eight queries."""
    # A department that merged or closed meanwhile stays in the years in which it took part.
    took_part = Forecast.objects.filter(cycle=cycle).values("department_id")
    departments = Department.objects.filter(Q(is_active=True) | Q(pk__in=took_part)).order_by("name")
    if not actor.sees_everything:
        departments = departments.filter(pk__in=actor.department_ids)
    extended = {(e.stage, e.department_id): e.until_on for e in cycle.extensions.order_by("until_on")}
    stages = [
        _by_department(Forecast.objects.filter(cycle_id=cycle.pk), FORECAST, cycle, actor.on, "forecast", extended),
        _by_department(
            ResourceRequest.objects.filter(cycle_id=cycle.pk), REQUEST, cycle, actor.on, "request", extended
        ),
        _confirmations(cycle, actor.on),
        _execution(cycle, actor.on),
        _evaluations(cycle, actor.on),
    ]
    return [
        MatrixRow(d.name, [stage.get(d.pk, Cell()) for stage in stages], reverse("forecast", args=[cycle.year, d.slug]))
        for d in departments
    ]


def _by_department(
    rows: Any, workflow: Workflow, cycle: Cycle, on: date, page: str, extended: dict[tuple[str, int], date]
) -> dict[int, Cell]:
    due = {w.stage: w.due_on for w in cycle.windows.all()}.get(page)
    cells = {}
    for row in rows.select_related("department"):
        more = extended.get((page, row.department_id))
        until = max(due, more) if due and more else due
        cell = cell_of(row, workflow, until, on, reverse(page, args=[cycle.year, row.department.slug]))
        if more and until == more and not cell.is_done:
            cell = replace(cell, note=_("extended to %(day)s") % {"day": formats.day_short(more, on)})
        cells[row.department_id] = cell
    return cells


def cell_of(row: Any, workflow: Workflow, due: date | None, on: date, url: str) -> Cell:
    """One record as a cell: finished in grey, late in red, else the colour of its state."""
    label = workflow.states(row.state).label
    if row.state in workflow.closed:
        return Cell(
            _("%(state)s late") % {"state": label} if getattr(row, "is_late", False) else label, url=url, is_done=True
        )
    if due and on > due and row.state in workflow.editable:
        return Cell(formats.late((on - due).days), "late", url=url)
    return Cell(label, workflow.tones[row.state], url=url)


def _confirmations(cycle: Cycle, on: date) -> dict[int, Cell]:
    # An amendment asks only whom it concerns: the newest answer of each department counts.
    rows = Confirmation.objects.filter(budget__cycle_id=cycle.pk).exclude(budget__state="draft")
    rows = rows.select_related("department", "budget").order_by("budget__number")
    cells = {}
    for row in rows.annotate(contested=Count("contests", filter=Q(contests__settled="open"))):
        url = reverse("confirmation", args=[cycle.year, row.budget.number, row.department.slug])
        cell = cell_of(row, CONFIRMATION, row.due if row.state == "awaiting" else None, on, url)
        note = ngettext("%(n)s line", "%(n)s lines", row.contested) % {"n": row.contested} if row.contested else ""
        cells[row.department_id] = Cell(cell.label, cell.tone, note, cell.url, "", cell.is_done)
    return cells


def _execution(cycle: Cycle, on: date) -> dict[int, Cell]:
    rows = ProgressReport.objects.filter(cycle_id=cycle.pk, period_last__lt=on).values_list("department_id")
    counts = rows.annotate(
        late=Count("pk", filter=Q(state__in=["draft", "returned"], due__lt=on)),
        waiting=Count("pk", filter=Q(state="submitted")),
        all=Count("pk"),
    )
    url = reverse("progress", args=[cycle.year])
    return {d: _reports_cell(late, waiting, total, f"{url}?department={d}") for d, late, waiting, total in counts}


def _reports_cell(late: int, waiting: int, total: int, url: str) -> Cell:
    if late:
        return Cell(
            ngettext("%(n)s report late", "%(n)s reports late", late) % {"n": late}, "late", url=f"{url}&state=draft"
        )
    if waiting:
        return Cell(ngettext("%(n)s report", "%(n)s reports", waiting) % {"n": waiting}, "sent", _("to accept"), url)
    return Cell(ngettext("%(n)s report", "%(n)s reports", total) % {"n": total}, url=url, is_done=True)


def _evaluations(cycle: Cycle, on: date) -> dict[int, Cell]:
    states: dict[int, dict[str, int]] = defaultdict(dict)
    for department, state, count in (
        Evaluation.objects.filter(cycle_id=cycle.pk).values_list("department_id", "state").annotate(n=Count("pk"))
    ):
        states[department][state] = count
    url = reverse("evaluations", args=[cycle.year])
    return {d: _evaluations_cell(found, f"{url}?department={d}") for d, found in states.items()}


def _evaluations_cell(found: dict[str, int], url: str) -> Cell:
    total, reviewed = sum(found.values()), found.get("reviewed", 0)
    note = _("%(done)s of %(all)s") % {"done": reviewed, "all": total}
    for state, tone in (("returned", "back"), ("submitted", "sent"), ("draft", "draft")):
        if found.get(state):
            return Cell(Evaluation.State(state).label, tone, note, url)
    return Cell(Evaluation.State.REVIEWED.label, url=url, is_done=True)


def needs_attention(rows: list[MatrixRow]) -> list[MatrixRow]:
    """Only the departments in which somebody has to act."""
    return [row for row in rows if any(cell.tone for cell in row.cells)]
