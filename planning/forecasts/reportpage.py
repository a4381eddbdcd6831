"""The demand report as a page: totals, departments, projects, gaps. Frozen once published, live until then."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.models import Stage
from planning.cycles.windows import extension_of
from planning.forecasts.figures import MEASURES, Figure, change, total
from planning.forecasts.models import DemandReport, Forecast, ForecastFigure, ForecastLine, ReportGap, ReportLine
from planning.forecasts.pastyears import known_before, last_year
from planning.forecasts.publishing import gap_states, lines_in
from planning.forecasts.shared import together
from sop_portal.kit.charts.bars import StackChart, Whole, stack_chart
from sop_portal.kit.formats import joined, number, percent
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import Department

LINES_ON_A_PAGE = 100
BARS = 12
AMBER_FROM = 10


@dataclass(frozen=True)
class DepartmentRow:
    """One department in the report: its sums and their change on last year, or the gap it leaves."""

    department: Department
    url: str
    figures: list[Figure]
    changes: list[Figure]
    before: list[Figure]
    gap: Any = ""
    extension: Any = None

    @property
    def cells(self) -> list[tuple[Figure, Figure, bool]]:
        """Figure, change, and whether the change is large."""
        pairs = zip(self.figures, self.changes, strict=True)
        return [(figure, moved, moved is not None and abs(moved) > AMBER_FROM) for figure, moved in pairs]


@dataclass(frozen=True)
class Compiled:
    """Everything the report says to one person."""

    rows: list[DepartmentRow]
    sums: dict[str, Figure]
    compared_with: int

    @property
    def moved(self) -> dict[str, Figure]:
        """The change of each sum on last year, over the departments whose last year is known: like with like."""
        found: dict[str, Figure] = {}
        for place, measure in enumerate(MEASURES):
            known = [(row.figures[place], row.before[place]) for row in self.included if row.before[place] is not None]
            found[measure] = change(total(new for new, _old in known), total(old for _new, old in known))
        return found

    @property
    def totals(self) -> list[tuple[Figure, Figure]]:
        """Every sum with its change."""
        return [(self.sums[measure], self.moved[measure]) for measure in MEASURES]

    @property
    def gaps(self) -> list[DepartmentRow]:
        """The departments that are missing."""
        return [row for row in self.rows if row.gap]

    @property
    def included(self) -> list[DepartmentRow]:
        """The departments that are in it."""
        return [row for row in self.rows if not row.gap]


def compiled(report: DemandReport, actor: Actor) -> Compiled:
    """The report by department, within what the person sees; a missing department is a gap and never a nought."""
    sums = frozen_sums(report, actor) if report.published_at else live_sums(report, actor)
    missing = {department.pk: (department, state) for department, state in _gaps(report, actor)}
    forecasts = Forecast.objects.filter(cycle_id=report.cycle_id).visible_to(actor).select_related("department")
    departments = {f.department_id: f.department for f in forecasts} | {pk: gap[0] for pk, gap in missing.items()}
    year = known_before(report.cycle.year, departments)
    past = last_year(year, departments)
    rows = [
        _row(report, department, sums.get(pk, {}), past.get(pk, {}), missing.get(pk))
        for pk, department in sorted(departments.items(), key=lambda pair: pair[1].name)
    ]
    included = [row for row in rows if not row.gap]
    return Compiled(rows, {m: total(row.figures[place] for row in included) for place, m in enumerate(MEASURES)}, year)


def _row(
    report: DemandReport, department: Department, sums: dict[str, Figure], past: dict[str, Figure], gap: Any
) -> DepartmentRow:
    url = reverse("forecast", args=[report.cycle.year, department.slug])
    before = [past.get(measure) for measure in MEASURES]
    if gap:
        extension = extension_of(report.cycle, Stage.FORECAST, department)
        return DepartmentRow(department, url, [], [], before, Forecast.State(gap[1]).label, extension)
    figures = [sums.get(measure) for measure in MEASURES]
    changes = [change(new, old) for new, old in zip(figures, before, strict=True)]
    return DepartmentRow(department, url, figures, changes, before)


def live_sums(report: DemandReport, actor: Actor) -> dict[int, dict[str, Figure]]:
    """The accepted forecasts as they are now, by department."""
    lines = lines_in(report).filter(pk__in=ForecastLine.objects.visible_to(actor).values("pk"))
    figures = ForecastFigure.objects.filter(line__in=lines.values("pk"))
    sums: dict[int, dict[str, Figure]] = defaultdict(dict)
    for pk, measure, figure in figures.values_list("line__forecast__department_id", "measure").annotate(Sum("figure")):
        sums[pk][measure] = figure
    return sums


def frozen_sums(report: DemandReport, actor: Actor) -> dict[int, dict[str, Figure]]:
    """The frozen lines, by department."""
    lines = ReportLine.objects.filter(report=report).visible_to(actor).values_list("department_id").order_by()
    found = lines.annotate(*(Sum(measure) for measure in MEASURES))
    return {department_id: dict(zip(MEASURES, figures, strict=True)) for department_id, *figures in found}


def _gaps(report: DemandReport, actor: Actor) -> list[tuple[Department, str]]:
    if report.published_at:
        gaps = ReportGap.objects.filter(report=report).visible_to(actor).select_related("department")
        return [(gap.department, gap.state) for gap in gaps]
    found = gap_states(report)
    return [gap for gap in found if actor.sees_everything or gap[0].pk in actor.department_ids]


def gap_text(row: DepartmentRow, year: int) -> str:
    """What a missing department did last year, so that nobody takes the gap for nothing."""
    named = zip(MEASURES[:2], row.before[:2], strict=True)
    known = {measure: figure for measure, figure in named if figure is not None}
    if not known:
        return _("Its figures of %(year)s are not known either.") % {"year": year}
    parts = {
        "activities": _("%(figure)s activities"),
        "participants": _("%(figure)s participants"),
    }
    said = joined(parts[measure] % {"figure": number(figure)} for measure, figure in known.items())
    return _("In %(year)s: %(figures)s.") % {"year": year, "figures": said}


@dataclass(frozen=True)
class ProjectRow:
    """One project of the report."""

    pk: int
    name: str
    department: Department
    url: str
    figures: list[Figure]


def project_rows(
    report: DemandReport, actor: Actor, department: str, after: int
) -> tuple[list[ProjectRow], int | None]:
    """A page of the report's projects, and the key of the next page; frozen figures once it is published."""
    lines: Any
    if report.published_at:
        lines = ReportLine.objects.filter(report=report).visible_to(actor)
        lines = lines.select_related("department", "line__project")
    else:
        lines = lines_in(report).filter(pk__in=ForecastLine.objects.visible_to(actor).values("pk"))
        lines = lines.select_related("forecast__department", "project").prefetch_related("figures")
    if department:
        lines = lines.filter(**{_path(report): department})
    found = list(lines.filter(pk__gt=after).order_by("pk")[: LINES_ON_A_PAGE + 1])
    rows = [_frozen(report, line) if report.published_at else _live(report, line) for line in found[:LINES_ON_A_PAGE]]
    return rows, rows[-1].pk if len(found) > LINES_ON_A_PAGE else None


def _path(report: DemandReport) -> str:
    return "department__slug" if report.published_at else "forecast__department__slug"


def _frozen(report: DemandReport, line: ReportLine) -> ProjectRow:
    url = reverse("forecast-line", args=[report.cycle.year, line.department.slug, line.line.project.slug])
    return ProjectRow(line.pk, line.name, line.department, url, [getattr(line, measure) for measure in MEASURES])


def _live(report: DemandReport, line: ForecastLine) -> ProjectRow:
    department, figures = line.forecast.department, {f.measure: f.figure for f in line.figures.all()}
    url = reverse("forecast-line", args=[report.cycle.year, department.slug, line.project.slug])
    return ProjectRow(line.pk, line.project.name, department, url, [figures.get(measure) for measure in MEASURES])


def cost_chart(found: Compiled, currency: str, year: int) -> StackChart | None:
    """What the departments need in money, the largest first; the title says who needs most of it."""
    at = {measure: place for place, measure in enumerate(MEASURES)}
    wholes = [
        Whole(row.department.name, (row.figures[at["materials"]] or 0, row.figures[at["money"]] or 0), row.url)
        for row in found.included
    ]
    wholes = sorted((whole for whole in wholes if whole.total), key=lambda whole: -whole.total)
    if len(wholes) < 2:
        return None
    top = wholes[: 3 if len(wholes) > 5 else 1]
    cost = [Decimal(whole.total) for whole in wholes]
    share = percent(sum(cost[: len(top)]) * 100 / sum(cost))
    title = _("%(names)s: %(share)s of the cost") % {"names": together([w.name for w in top]), "share": share}
    note = _("%(currency)s, forecast %(year)s") % {"currency": currency, "year": year}
    if len(wholes) > BARS:
        note = _("%(currency)s, forecast %(year)s; the %(count)s largest") % {
            "currency": currency, "year": year, "count": BARS,
        }  # fmt: skip
    summary = _("Cost by department: materials and other money")
    return stack_chart(wholes[:BARS], [_("materials"), _("other money")], title=title, summary=summary, note=note)


def order(found: Compiled, sort: str) -> Compiled:
    """The departments in the order of the address; gaps stand last when sorted by a figure."""
    name = sort.removeprefix("-")
    if name not in MEASURES:
        return replace(found, rows=found.rows[::-1]) if sort == "-department" else found
    place = MEASURES.index(name)
    known = [row for row in found.included if row.figures[place] is not None]
    rest = [row for row in found.rows if row not in known]
    known.sort(key=lambda row: row.figures[place] or 0, reverse=sort.startswith("-"))
    return replace(found, rows=[*known, *rest])
