"""Reading across stages: the sums of a year, and where every department stands. Nothing here writes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db.models import Count, Min, Q, Sum, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting.workflow import CONFIRMATION
from budgets.models import Confirmation
from evaluations.models import Evaluation, ProgressReport
from planning.forecasts.workflow import FORECAST
from planning.models import Cycle, Forecast, Project, ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Cell, MatrixRow
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.table import Workflow

NOTHING = Decimal(0)
MONEY = ("needed", "asked", "granted", "budgeted", "spent")


@dataclass(frozen=True)
class Sums:
    """The money of a year on its way from need to spending; Decimals in the cycle's currency."""

    needed: Decimal
    asked: Decimal
    granted: Decimal
    budgeted: Decimal
    spent: Decimal
    projects: int


@dataclass(frozen=True)
class Share:
    """What of it is a department's."""

    department_id: int
    sums: Sums


def by_department(cycle: Cycle, actor: Actor) -> list[Share]:
    """The year's money by department, summed from the totals kept per project, within what the person sees."""
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor).order_by().values_list("department_id")
    rows = found.annotate(*(Sum(name) for name in MONEY), Count("pk"))
    return [
        Share(department, Sums(**dict(zip(MONEY, sums, strict=True)), projects=projects))
        for department, *sums, projects in rows
    ]


def sums_of(shares: Iterable[Share]) -> Sums:
    """All departments together."""
    total = dict.fromkeys(MONEY, NOTHING)
    projects = 0
    for share in shares:
        projects += share.sums.projects
        for name in MONEY:
            total[name] += getattr(share.sums, name)
    return Sums(**total, projects=projects)


@dataclass(frozen=True)
class OpenReports:
    """The progress reports of a department that nobody has accepted yet, of periods that are over."""

    late: int
    oldest: date | None
    waiting: int


def open_reports(cycle: Cycle, on: date) -> dict[int, OpenReports]:
    """By department, what is late and since when, and what waits to be accepted."""
    is_late = Q(state__in=["draft", "returned"], due__lt=on)
    begun = ProgressReport.objects.filter(cycle_id=cycle.pk, period_last__lt=on).order_by()
    rows = begun.filter(state__in=["draft", "returned", "submitted"]).values_list("department_id")
    counted = rows.annotate(
        late=Count("pk", filter=is_late), oldest=Min("due", filter=is_late),
        waiting=Count("pk", filter=Q(state="submitted")),
    )  # fmt: skip
    return {department: OpenReports(*counts) for department, *counts in counted}


def heads() -> list[str]:
    """The heads of the matrix, in the order of the stages."""
    return [_("Forecast"), _("Request"), _("Budget"), _("Execution"), _("Evaluation")]


def matrix(cycle: Cycle, actor: Actor, reports: Mapping[int, OpenReports]) -> list[MatrixRow]:
    """Department by stage: what is finished is plain, what needs somebody is coloured. At most seven queries."""
    prefetch_related_objects([cycle], "windows", "extensions")
    # A department that merged or closed meanwhile stays in the years in which it took part.
    took_part = Forecast.objects.filter(cycle=cycle).values("department_id")
    departments = Department.objects.filter(Q(is_active=True) | Q(pk__in=took_part)).order_by("name")
    if not actor.sees_everything:
        departments = departments.filter(pk__in=actor.department_ids)
    known = list(departments.values_list("pk", "name", "slug"))
    slugs = {pk: slug for pk, _name, slug in known}
    until = attrgetter("until_on")
    extended = {(e.stage, e.department_id): e.until_on for e in sorted(cycle.extensions.all(), key=until)}
    stages = [
        _by_department(Forecast, FORECAST, cycle, actor.on, "forecast", slugs, extended),
        _by_department(ResourceRequest, REQUEST, cycle, actor.on, "request", slugs, extended),
        _confirmations(cycle, actor.on, slugs),
        _execution(cycle, actor.on, slugs, reports),
        _evaluations(cycle, slugs),
    ]
    nothing, url = Cell(), reverse("forecasts", args=[cycle.year])
    return [MatrixRow(name, [stage.get(pk, nothing) for stage in stages], f"{url}{slug}/") for pk, name, slug in known]


def _by_department(
    model: Any, workflow: Workflow[Any], cycle: Cycle, on: date, page: str, slugs: Mapping[int, str],
    extended: dict[tuple[str, int], date],
) -> dict[int, Cell]:  # fmt: skip
    due = {w.stage: w.due_on for w in cycle.windows.all()}.get(page)
    cells, url, words = {}, reverse(f"{page}s", args=[cycle.year]), words_of(workflow)
    rows = model.objects.filter(cycle_id=cycle.pk).values_list("department_id", "state", "is_late", named=True)
    for row in (row for row in rows if row.department_id in slugs):
        more = extended.get((page, row.department_id))
        until = max(due, more) if due and more else due
        cell = cell_of(row, workflow, words, until, on, f"{url}{slugs[row.department_id]}/")
        if more and until == more and not cell.is_done:
            cell = replace(cell, note=_("extended to %(day)s") % {"day": formats.day_short(more, on)})
        cells[row.department_id] = cell
    return cells


def words_of(workflow: Workflow[Any]) -> dict[str, str]:
    """The states of a workflow in the language of the page."""
    return {state.value: str(state.label) for state in workflow.states}


def cell_of(
    row: Any, workflow: Workflow[Any], words: Mapping[str, str], due: date | None, on: date, url: str
) -> Cell:  # fmt: skip
    """One record as a cell: finished in grey, late in red, else the colour of its state."""
    label = words[row.state]
    if row.state in workflow.closed:
        return Cell(
            _("%(state)s late") % {"state": label} if getattr(row, "is_late", False) else label, url=url, is_done=True
        )
    if due and on > due and row.state in workflow.editable:
        return Cell(formats.late((on - due).days), "late", url=url)
    return Cell(label, workflow.tones[row.state], url=url)


def _confirmations(cycle: Cycle, on: date, slugs: Mapping[int, str]) -> dict[int, Cell]:
    # An amendment asks only whom it concerns: the newest answer of each department counts.
    found = Confirmation.objects.filter(budget__cycle_id=cycle.pk).exclude(budget__state="draft")
    found = found.annotate(contested=Count("contests", filter=Q(contests__settled="open"))).order_by("budget__number")
    rows = found.values_list("department_id", "state", "due", "budget__number", "contested", named=True)
    cells, words = {}, words_of(CONFIRMATION)
    for row in (row for row in rows if row.department_id in slugs):
        url = f"{address('budget', cycle.year, row.budget__number)}departments/{slugs[row.department_id]}/"
        due = row.due if row.state == "awaiting" else None
        cell = cell_of(row, CONFIRMATION, words, due, on, url)
        note = ngettext("%(n)s line", "%(n)s lines", row.contested) % {"n": row.contested} if row.contested else ""
        cells[row.department_id] = Cell(cell.label, cell.tone, note, cell.url, "", cell.is_done)
    return cells


def _execution(
    cycle: Cycle, on: date, slugs: Mapping[int, str], reports: Mapping[int, OpenReports]
) -> dict[int, Cell]:  # fmt: skip
    found = {pk: (has.late, has.waiting) for pk, has in reports.items()}
    # What is accepted is counted only where nothing is open: elsewhere its number is not shown.
    rest = [pk for pk in slugs if not any(found.get(pk, ()))]
    done = ProgressReport.objects.filter(cycle_id=cycle.pk, period_last__lt=on, state="accepted").order_by()
    counted = done.filter(department_id__in=rest).values_list("department_id").annotate(Count("pk"))
    totals = dict(counted) if rest else {}
    url = reverse("progress", args=[cycle.year])
    return {
        pk: _reports_cell(*found.get(pk, (0, 0)), totals.get(pk, 0), f"{url}?department={slug}")
        for pk, slug in slugs.items()
        if pk in found or pk in totals
    }


def _reports_cell(late: int, waiting: int, total: int, url: str) -> Cell:
    if late:
        return Cell(
            ngettext("%(n)s report late", "%(n)s reports late", late) % {"n": late}, "late", url=f"{url}&state=late"
        )
    if waiting:
        return Cell(
            ngettext("%(n)s report", "%(n)s reports", waiting) % {"n": waiting},
            "sent",
            _("to accept"),
            f"{url}&state=submitted",
        )
    return Cell(
        ngettext("%(n)s report", "%(n)s reports", total) % {"n": total}, url=f"{url}&state=accepted", is_done=True
    )


def _evaluations(cycle: Cycle, slugs: Mapping[int, str]) -> dict[int, Cell]:
    states: dict[int, dict[str, int]] = defaultdict(dict)
    for department, state, count in (
        Evaluation.objects.filter(cycle_id=cycle.pk).values_list("department_id", "state").annotate(n=Count("pk"))
    ):
        states[department][state] = count
    url = reverse("evaluations", args=[cycle.year])
    return {pk: _evaluations_cell(states[pk], f"{url}?department={slug}") for pk, slug in slugs.items() if pk in states}


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
