"""The demand report as a page: totals, departments, projects, gaps. Frozen once published, live until then."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.cycles.models import Stage
from planning.cycles.windows import extension_of
from planning.forecasts import sums as summing
from planning.forecasts.figures import METRICS, Figure, change, total
from planning.forecasts.models import DemandReport, Forecast, ForecastLine, ReportGap, ReportLine
from planning.forecasts.publishing import gap_states, lines_in
from planning.forecasts.shared import together
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts.bars import StackChart, Whole, stack_chart
from sop_portal.foundation.kit.charts.scale import Caption
from sop_portal.foundation.kit.formats import joined, number, percent, signed_percent
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

LINES_ON_A_PAGE = 100
BARS = 12
AMBER_FROM = 10


@dataclass(frozen=True)
class DepartmentRow:
    """One department in the report: its sums and their change on last year, or the gap it leaves."""

    department: Department
    year: int
    figures: list[Figure]
    changes: list[Figure]
    before: list[Figure]
    gap: Any = ""
    extension: Any = None

    @property
    def url(self) -> str:
        """The department's forecast."""
        return f"{address('forecasts', self.year)}{self.department.slug}/"

    @property
    def parts(self) -> tuple[Decimal, ...]:
        """Materials and other money; what is not known counts for nothing here."""
        return tuple(self.figures[METRICS.index(metric)] or Decimal(0) for metric in ("materials", "money"))

    @property
    def cost(self) -> Decimal:
        """The two together."""
        return sum(self.parts, Decimal(0))

    @property
    def name(self) -> str:
        """The department's name."""
        return self.department.name

    @property
    def cells(self) -> SafeString:
        """Every figure, with a link to the projects it adds up from, and its change."""
        pairs = zip(self.figures, self.changes, strict=True)
        return format_html_join("", "{}{}", ((self._figure(figure), self._change(moved)) for figure, moved in pairs))

    def _figure(self, figure: Figure) -> SafeString:
        if figure is None:
            return format_html('<td class="r">{}</td>', number(None))
        link = '<td class="r"><a class="drill" href="?by=project&amp;department={}#by">{}</a></td>'
        return format_html(link, self.department.slug, number(figure))

    def _change(self, moved: Figure) -> SafeString:
        is_large = moved is not None and abs(moved) > AMBER_FROM
        return format_html('<td class="r {}">{}</td>', "warn" if is_large else "muted", signed_percent(moved))


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


def compiled(report: DemandReport, actor: Actor) -> Compiled:
    """The report by department, within what the person sees; a missing department is a gap and never a nought."""
    missing = {department.pk: (department, state) for department, state in _gaps(report, actor)}
    forecasts = Forecast.objects.filter(cycle_id=report.cycle_id).visible_to(actor).values("department_id")
    departments = {d.pk: d for d in Department.objects.filter(pk__in=forecasts)}
    departments |= {pk: gap[0] for pk, gap in missing.items()}
    sums, before, past = summing.frozen(report) if report.published_at else summing.live(report, departments)
    rows = [
        _row(report, department, sums.get(pk, {}), past.get(pk, {}), missing.get(pk))
        for pk, department in sorted(departments.items(), key=lambda pair: pair[1].name)
    ]
    included = [row for row in rows if not row.gap]
    totals = {m: total(row.figures[place] for row in included) for place, m in enumerate(METRICS)}
    return Compiled(rows, totals, before)


def _row(
    report: DemandReport, department: Department, sums: dict[str, Figure], past: dict[str, Figure], gap: Any
) -> DepartmentRow:
    year = report.cycle.year
    before = [past.get(metric) for metric in METRICS]
    if gap:
        extension = extension_of(report.cycle, Stage.FORECAST, department)
        return DepartmentRow(department, year, [], [], before, Forecast.State(gap[1]).label, extension)
    figures = [sums.get(metric) for metric in METRICS]
    changes = [change(new, old) for new, old in zip(figures, before, strict=True)]
    return DepartmentRow(department, year, figures, changes, before)


def _gaps(report: DemandReport, actor: Actor) -> list[tuple[Department, str]]:
    if report.published_at:
        gaps = ReportGap.objects.filter(report=report).visible_to(actor).select_related("department")
        return [(gap.department, gap.state) for gap in gaps]
    found = gap_states(report)
    return [gap for gap in found if actor.sees_everything or gap[0].pk in actor.department_ids]


def gap_text(row: DepartmentRow, year: int) -> str:
    """What a missing department did last year, so that nobody takes the gap for nothing."""
    named = zip(METRICS[:2], row.before[:2], strict=True)
    known = {metric: figure for metric, figure in named if figure is not None}
    if not known:
        return _("Its figures of %(year)s are not known either.") % {"year": year}
    parts = {
        "activities": _("%(figure)s activities"),
        "participants": _("%(figure)s participants"),
    }
    said = joined(parts[metric] % {"figure": number(figure)} for metric, figure in known.items())
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
    return ProjectRow(line.pk, line.name, line.department, url, [getattr(line, metric) for metric in METRICS])


def _live(report: DemandReport, line: ForecastLine) -> ProjectRow:
    department, figures = line.forecast.department, {f.metric: f.figure for f in line.figures.all()}
    url = reverse("forecast-line", args=[report.cycle.year, department.slug, line.project.slug])
    return ProjectRow(line.pk, line.project.name, department, url, [figures.get(metric) for metric in METRICS])


def cost_chart(found: Compiled, currency: str, year: int) -> StackChart | None:
    """What the departments need in money, the largest first; the title says who needs most of it."""
    costs = [(row.cost, row) for row in found.included if row.cost]
    if len(costs) < 2:
        return None
    costs.sort(key=lambda pair: -pair[0])
    top = costs[: 3 if len(costs) > 5 else 1]
    share = percent(sum(cost for cost, _row in top) * 100 / sum(cost for cost, _row in costs))
    names = together([row.department.name for _cost, row in top])
    title = _("%(names)s: %(share)s of the cost") % {"names": names, "share": share}
    note = _("%(currency)s, forecast %(year)s") % {"currency": currency, "year": year}
    if len(costs) > BARS:
        note = _("%(currency)s, forecast %(year)s; the %(count)s largest") % {
            "currency": currency, "year": year, "count": BARS,
        }  # fmt: skip
    summary = _("Cost by department: materials and other money")
    wholes = [Whole(row.department.name, row.parts, row.url) for _cost, row in costs[:BARS]]
    return stack_chart(wholes, [_("materials"), _("other money")], Caption(title, summary, note))


def order(found: Compiled, sort: str) -> Compiled:
    """The departments in the order of the address; gaps stand last when sorted by a figure."""
    name = sort.removeprefix("-")
    if name not in METRICS:
        return replace(found, rows=found.rows[::-1]) if sort == "-department" else found
    place = METRICS.index(name)
    known = [row for row in found.included if row.figures[place] is not None]
    rest = [row for row in found.rows if row not in known]
    known.sort(key=lambda row: row.figures[place] or 0, reverse=sort.startswith("-"))
    return replace(found, rows=[*known, *rest])
