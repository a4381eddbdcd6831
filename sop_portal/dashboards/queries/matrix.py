"""Where every department stands in every stage: the rows and cells of the matrix."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Count, Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting.workflow import CONFIRMATION
from budgets.models import Confirmation
from evaluations.models import Evaluation, ProgressReport
from planning.forecasts.workflow import FORECAST
from planning.models import Cycle, Forecast, ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.dashboards.queries.reports import OpenReports
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Cell, MatrixRow
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.table import Workflow

Cells = dict[int, Cell]


@dataclass(frozen=True)
class MatrixScope:
    """What every column of one matrix is about: the year, the day, and the departments by their key."""

    cycle: Cycle
    on: date
    slugs: Mapping[int, str]


class StateCells:
    """The states of one workflow as cells; their labels are translated once for all rows."""

    def __init__(self, workflow: Workflow[Any], on: date) -> None:
        self.workflow, self.on = workflow, on
        self.labels = {state.value: str(state.label) for state in workflow.states}

    def cell(self, state: str, url: str, due: date | None, *, is_late: bool = False) -> Cell:
        """One record as a cell: finished in grey, late in red, else the colour of its state."""
        label = self.labels[state]
        if state in self.workflow.closed:
            return Cell(_("%(state)s late") % {"state": label} if is_late else label, url=url, is_done=True)
        if due and self.on > due and state in self.workflow.editable:
            return Cell(formats.late((self.on - due).days), "late", url=url)
        return Cell(label, self.workflow.tones[state], url=url)


def headings() -> list[str]:
    """The column headings of the matrix, in the order of the stages."""
    return [_("Forecast"), _("Request"), _("Budget"), _("Execution"), _("Evaluation")]


def matrix(cycle: Cycle, actor: Actor, reports: Mapping[int, OpenReports]) -> list[MatrixRow]:
    """Department by stage: what is finished is plain, what needs somebody is coloured. At most seven queries.

    Where every department stands is for everybody; figures and the way to the records only for those who see them.
    """
    prefetch_related_objects([cycle], "windows", "extensions")
    known = _departments(cycle)
    scope = MatrixScope(cycle, actor.on, {pk: slug for pk, _name, slug in known})
    columns = [
        _filed_cells(scope, Forecast, FORECAST, "forecast"),
        _filed_cells(scope, ResourceRequest, REQUEST, "request"),
        _confirmation_cells(scope),
        _execution_cells(scope, reports),
        _evaluation_cells(scope),
    ]
    nothing, url = Cell(), address("forecasts", cycle.year)
    owing = columns[0]
    rows = {
        pk: MatrixRow(name, [c.get(pk, nothing) for c in columns], f"{url}{slug}/" if pk in owing else "")
        for pk, name, slug in known
    }
    is_seen = {pk: actor.sees_everything or pk in actor.department_ids for pk in rows}
    return [row if is_seen[pk] else _states_only(row) for pk, row in rows.items()]


def _states_only(row: MatrixRow) -> MatrixRow:
    """Another department's row: its states in words, without figures and without the way to its records."""
    return replace(row, url="", cells=[replace(cell, label=_in_words(cell), note="", url="") for cell in row.cells])


def _in_words(cell: Cell) -> StrOrPromise:
    """The state of a cell whose label counts something."""
    if not any(sign.isdigit() for sign in str(cell.label)):
        return cell.label
    return _("late") if cell.tone == "late" else _("waits") if cell.tone else _("done")


def _departments(cycle: Cycle) -> list[tuple[int, str, str]]:
    """The departments of the year: key, name and slug."""
    # A department that merged or closed meanwhile stays in the years in which it took part.
    took_part = Forecast.objects.filter(cycle=cycle).values("department_id")
    departments = Department.objects.filter(Q(is_active=True) | Q(pk__in=took_part)).order_by("name")
    return list(departments.values_list("pk", "name", "slug"))


def _filed_cells(
    scope: MatrixScope, model: type[Forecast] | type[ResourceRequest], workflow: Workflow[Any], stage: str
) -> Cells:
    """The stages in which every department files one record."""
    due = {w.stage: w.due_on for w in scope.cycle.windows.all()}.get(stage)
    extended = _extended(scope.cycle, stage)
    cells, url, states = {}, address(f"{stage}s", scope.cycle.year), StateCells(workflow, scope.on)
    rows = model.objects.filter(cycle_id=scope.cycle.pk).values_list("department_id", "state", "is_late")
    for department, state, is_late in (row for row in rows if row[0] in scope.slugs):
        more = extended.get(department)
        until = max(due, more) if due and more else due
        cell = states.cell(state, f"{url}{scope.slugs[department]}/", until, is_late=is_late)
        if more and until == more and not cell.is_done:
            cell = replace(cell, note=_("extended to %(day)s") % {"day": formats.day_short(more, scope.on)})
        cells[department] = cell
    return cells


def _extended(cycle: Cycle, stage: str) -> dict[int, date]:
    """Until when each department has more time in a stage; the longest extension counts."""
    extensions = [extension for extension in cycle.extensions.all() if extension.stage == stage]
    return {e.department_id: e.until_on for e in sorted(extensions, key=attrgetter("until_on"))}


def _confirmation_cells(scope: MatrixScope) -> Cells:
    # An amendment asks only whom it concerns: the newest answer of each department counts.
    found = Confirmation.objects.filter(budget__cycle_id=scope.cycle.pk).exclude(budget__state="draft")
    found = found.annotate(contested=Count("contests", filter=Q(contests__settled="open"))).order_by("budget__number")
    rows = found.values_list("department_id", "state", "due", "budget__number", "contested", named=True)
    cells, states = {}, StateCells(CONFIRMATION, scope.on)
    for row in (row for row in rows if row.department_id in scope.slugs):
        slug = scope.slugs[row.department_id]
        url = f"{address('budget', scope.cycle.year, row.budget__number)}departments/{slug}/"
        cell = states.cell(row.state, url, row.due if row.state == "awaiting" else None)
        note = ngettext("%(n)s line", "%(n)s lines", row.contested) % {"n": row.contested} if row.contested else ""
        cells[row.department_id] = replace(cell, note=note)
    return cells


def _execution_cells(scope: MatrixScope, reports: Mapping[int, OpenReports]) -> Cells:
    found = {pk: (has.late, has.waiting) for pk, has in reports.items()}
    # What is accepted is counted only where nothing is open: elsewhere its number is not shown.
    rest = [pk for pk in scope.slugs if not any(found.get(pk, ()))]
    done = ProgressReport.objects.filter(cycle_id=scope.cycle.pk, period_last__lt=scope.on, state="accepted")
    counted = done.order_by().filter(department_id__in=rest).values_list("department_id").annotate(Count("pk"))
    totals = dict(counted) if rest else {}
    url = address("progress", scope.cycle.year)
    return {
        pk: _reports_cell(*found.get(pk, (0, 0)), totals.get(pk, 0), f"{url}?department={slug}")
        for pk, slug in scope.slugs.items()
        if pk in found or pk in totals
    }


def _reports_cell(late: int, waiting: int, total: int, url: str) -> Cell:
    if late:
        label = ngettext("%(n)s report late", "%(n)s reports late", late) % {"n": late}
        return Cell(label, "late", url=f"{url}&state=late")
    if waiting:
        label = ngettext("%(n)s report", "%(n)s reports", waiting) % {"n": waiting}
        return Cell(label, "sent", _("to accept"), f"{url}&state=submitted")
    label = ngettext("%(n)s report", "%(n)s reports", total) % {"n": total}
    return Cell(label, url=f"{url}&state=accepted", is_done=True)


def _evaluation_cells(scope: MatrixScope) -> Cells:
    states: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Evaluation.objects.filter(cycle_id=scope.cycle.pk).values_list("department_id", "state")
    for department, state, count in rows.annotate(n=Count("pk")):
        states[department][state] = count
    url = address("evaluations", scope.cycle.year)
    return {
        pk: _evaluations_cell(states[pk], f"{url}?department={slug}")
        for pk, slug in scope.slugs.items()
        if pk in states
    }


def _evaluations_cell(found: dict[str, int], url: str) -> Cell:
    total, reviewed = sum(found.values()), found.get("reviewed", 0)
    note = _("%(done)s of %(all)s") % {"done": reviewed, "all": total}
    for state, tone in (("returned", "back"), ("submitted", "sent"), ("draft", "draft")):
        if found.get(state):
            return Cell(str(Evaluation.State(state).label), tone, note, url)
    return Cell(str(Evaluation.State.REVIEWED.label), url=url, is_done=True)


def needs_attention(rows: list[MatrixRow]) -> list[MatrixRow]:
    """Only the departments in which somebody has to act."""
    return [row for row in rows if any(cell.tone for cell in row.cells)]
