"""A demand report by department: sums, their change on last year, and the gaps, within what a person sees."""

from dataclasses import dataclass, replace
from decimal import Decimal

from planning.cycles.models import Extension, Stage
from planning.cycles.queries import extension_of
from planning.forecasts.figures import METRICS, Figure, change, total
from planning.forecasts.models import DemandReport, Forecast, ReportGap
from planning.forecasts.queries.report import ComparedSums, Gap, all_accepted_sums, all_gaps, all_published_sums
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department


@dataclass(frozen=True)
class DepartmentRow:
    """One department in the report: its sums and their change on last year, or the gap it leaves.

    What is published is for everybody; the forecast itself, and who has more time why, only for those who see it.
    """

    department: Department
    year: int
    figures: list[Figure]
    changes: list[Figure]
    before: list[Figure]
    gap: str = ""
    extension: Extension | None = None
    is_visible: bool = True

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name

    @property
    def url(self) -> str:
        """The department's forecast, for those who may see it."""
        return "" if not self.is_visible else f"{address('forecasts', self.year)}{self.department.slug}/"

    @property
    def parts(self) -> tuple[Decimal, ...]:
        """Materials and other money; what is not known counts for nothing here."""
        return tuple(self.figures[METRICS.index(metric)] or Decimal(0) for metric in ("materials", "money"))

    @property
    def cost(self) -> Decimal:
        """Materials and other money together."""
        return sum(self.parts, Decimal(0))


@dataclass(frozen=True)
class CompiledReport:
    """Everything the report says to one person."""

    rows: list[DepartmentRow]
    sums: dict[str, Figure]
    compared_with: int

    @property
    def moved(self) -> dict[str, Figure]:
        """The change of each sum on last year, over the departments whose last year is known: like with like."""
        found: dict[str, Figure] = {}
        for place, metric in enumerate(METRICS):
            known = [(row.figures[place], row.before[place]) for row in self.included if row.before[place] is not None]
            found[metric] = change(total(new for new, _old in known), total(old for _new, old in known))
        return found

    @property
    def totals(self) -> list[tuple[Figure, Figure]]:
        """Every sum with its change."""
        return [(self.sums[metric], self.moved[metric]) for metric in METRICS]

    @property
    def gaps(self) -> list[DepartmentRow]:
        """The departments that are missing."""
        return [row for row in self.rows if row.gap]

    @property
    def included(self) -> list[DepartmentRow]:
        """The departments that are in it."""
        return [row for row in self.rows if not row.gap]


def compiled(report: DemandReport, actor: Actor) -> CompiledReport:
    """The report by department; a missing department is a gap and never a zero.

    Published it says the same to everybody; until then each reads what they may see of it.
    """
    missing = {gap[0].pk: gap for gap in _gaps(report, actor)}
    if report.published_at:
        compared = all_published_sums(report)
        departments = Department.objects.in_bulk(compared.sums)
    else:
        seen = Forecast.objects.filter(cycle_id=report.cycle_id).visible_to(actor).values("department_id")
        departments = {department.pk: department for department in Department.objects.filter(pk__in=seen)}
        compared = all_accepted_sums(report, departments | missing)
    departments |= {pk: gap[0] for pk, gap in missing.items()}
    rows = [
        _as_seen_by(actor, _row(report, department, compared, missing.get(department.pk)))
        for department in sorted(departments.values(), key=lambda department: department.name)
    ]
    included = [row for row in rows if not row.gap]
    totals = {metric: total(row.figures[place] for row in included) for place, metric in enumerate(METRICS)}
    return CompiledReport(rows, totals, compared.last_year)


def _as_seen_by(actor: Actor, row: DepartmentRow) -> DepartmentRow:
    """The row of another department without the way to its forecast, and without why it has more time."""
    if actor.sees_everything or row.department.pk in actor.department_ids:
        return row
    return replace(row, extension=None, is_visible=False)


def _gaps(report: DemandReport, actor: Actor) -> list[Gap]:
    if report.published_at:
        gaps = ReportGap.objects.filter(report=report).visible_to(actor).select_related("department")
        return [(gap.department, gap.state) for gap in gaps]
    return [gap for gap in all_gaps(report) if actor.sees_everything or gap[0].pk in actor.department_ids]


def _row(report: DemandReport, department: Department, compared: ComparedSums, gap: Gap | None) -> DepartmentRow:
    year, past = report.cycle.year, compared.past.get(department.pk, {})
    before = [past.get(metric) for metric in METRICS]
    if gap:
        extension = extension_of(report.cycle, Stage.FORECAST, department)
        return DepartmentRow(department, year, [], [], before, str(Forecast.State(gap[1]).label), extension)
    sums = compared.sums.get(department.pk, {})
    figures = [sums.get(metric) for metric in METRICS]
    changes = [change(new, old) for new, old in zip(figures, before, strict=True)]
    return DepartmentRow(department, year, figures, changes, before)
