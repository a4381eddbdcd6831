"""Whether everything that was derived from the history is what the history says now, and nobody's past is lost."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice

from django.db.models import Exists, Min, OuterRef, Q, Sum

from budgets.drafting.queries.pools import beyond_pools
from budgets.models import Budget
from evaluations.models import Evaluation
from evaluations.reviews.queries import figures_shown
from planning.forecasts.figures import METRICS, Derived
from planning.forecasts.queries.history import actuals_in
from planning.forecasts.queries.planners import Planners, all_planners_in
from planning.forecasts.queries.projects import carried_over, proposals_of
from planning.forecasts.workflow import FORECAST
from planning.models import (
    Actual,
    Cycle,
    DemandReport,
    Forecast,
    ForecastFigure,
    HistoryImport,
    Project,
    ReplacedActual,
    ReportLine,
    ReportSum,
)
from planning.projects.figures import folded
from planning.projects.queries import RECORDED, key_of, said_otherwise
from planning.projects.workflow import Held, held
from planning.projects.workflow.record import METRICS_OF
from sop_portal.foundation.organisation.lineage import former_names, lineage
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry

AT_ONCE = 50
ENDED_AT_ONCE = 500


def history_problems() -> Iterator[str]:
    """Everything that does not fit the history, a sentence each."""
    yield from mergers()
    yield from names()
    yield from alike()
    yield from undone()
    yield from imported()
    for cycle in Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("pk"):
        planners = all_planners_in(cycle.pk)
        yield from proposals(cycle)
        yield from left_behind(cycle, planners)
    yield from frozen_sums()
    yield from shown_figures()
    yield from recorded()
    yield from unrecorded()


def mergers() -> Iterator[str]:
    """Departments that became part of themselves, by way of others."""
    known = lineage()
    for department in Department.objects.filter(pk__in=known.into).order_by("pk"):
        if _has_cycle(known.into, department.pk):
            yield f"Department {department.pk} “{department}”: it became part of itself."


def _has_cycle(into: Mapping[int, int | None], department_id: int) -> bool:
    passed: set[int] = set()
    heir = into.get(department_id)
    while heir is not None and heir not in passed:
        if heir == department_id:
            return True
        passed.add(heir)
        heir = into.get(heir)
    return False


def names() -> Iterator[str]:
    """Departments that bear a name which another one had before: its figures would go to the wrong one."""
    former = former_names()
    for department in Department.objects.order_by("pk"):
        owner = former.get(department.name.casefold())
        if owner is not None and owner.department_id != department.pk:
            yield f"Department {department.pk} “{department}”: this is the former name of “{owner.department}”."


def alike() -> Iterator[str]:
    """Departments whose names only a machine tells apart, and such as became part of another by no act."""
    known: dict[str, Department] = {}
    for department in Department.objects.order_by("pk"):
        first = known.setdefault(folded(department.name), department)
        if first.pk != department.pk:
            yield f"Department {department.pk} “{department}”: department {first.pk} is called “{first}” already."
    act = Entry.objects.filter(kind="department", verb="merge-department", record_id=OuterRef("pk"))
    for department in Department.objects.filter(~Exists(act), merged_into__isnull=False).order_by("pk"):
        yield f"Department {department.pk} “{department}”: nobody let it become part of “{department.merged_into}”."


def undone() -> Iterator[str]:
    """Figures of an import that was undone."""
    left = Actual.objects.filter(taken_from__undone_at__isnull=False).values_list("taken_from__file_name")
    for name, count in left.annotate(count=Sum(1)).order_by("taken_from__file_name"):
        yield f"The import “{name}” was undone, but {count} of its figures still stand."


def imported() -> Iterator[str]:
    """Imports whose figures do not come to what they did when they came in, and figures that nobody brought in."""
    for taken in HistoryImport.objects.filter(undone_at=None).order_by("pk"):
        said = Entry.objects.of("history", taken.pk).filter(verb="import").first()
        totals = {change["field"]: change["new"] for change in said.changes} if said else {}
        for metric, total in _brought_in(taken).items():
            if said and total != Decimal(totals.get(metric) or 0):
                came = totals.get(metric) or 0
                yield f"The import “{taken}” brought {metric} of {came}, but its figures come to {total:.2f}."
    evaluation = Evaluation.objects.filter(project__slug=OuterRef("slug"), cycle__year=OuterRef("year"))
    cancelled = Project.objects.filter(slug=OuterRef("slug"), cycle__year=OuterRef("year"), state="cancelled")
    unknown = Actual.objects.filter(~Exists(evaluation), ~Exists(cancelled), taken_from=None)
    for actual in unknown.order_by("pk"):
        yield f"Actual figures {actual.pk} “{actual}”: no file brought them in, and no evaluation found them."


def _brought_in(taken: HistoryImport) -> dict[str, Decimal]:
    """What the figures of an import come to, those counted that were put aside since."""
    first = ReplacedActual.objects.filter(taken_from=taken).order_by().values("actual").annotate(first=Min("pk"))
    asides = ReplacedActual.objects.filter(pk__in=first.values("first"))
    current = Actual.objects.filter(taken_from=taken).exclude(pk__in=asides.values("actual"))
    sums = {metric: Sum(metric) for metric in METRICS}
    parts = (current.aggregate(**sums), asides.aggregate(**sums))
    return {metric: sum((part[metric] or Decimal(0) for part in parts), Decimal(0)) for metric in METRICS}


def proposals(cycle: Cycle) -> Iterator[str]:
    """Proposals of a year under way that are not what the history says, or do not say that it changed since."""
    forecasts = list(Forecast.objects.filter(cycle=cycle).exclude(state=Forecast.State.WAIVED).order_by("pk"))
    for start in range(0, len(forecasts), AT_ONCE):
        by_key = {forecast.pk: forecast for forecast in forecasts[start : start + AT_ONCE]}
        figures = ForecastFigure.objects.filter(line__forecast_id__in=by_key).select_related("line__project")
        found = list(figures.order_by("pk"))
        derived = proposals_of([figure.line.project for figure in found], cycle)
        for figure in found:
            project = figure.line.project
            now = derived.get((project.department_id, project.slug), {}).get(figure.metric, Derived())
            yield from _wrong_with(figure, now, is_open=by_key[figure.line.forecast_id].state in FORECAST.editable)


def _wrong_with(figure: ForecastFigure, now: Derived, *, is_open: bool) -> Iterator[str]:
    called = f"Forecast figure {figure.pk} “{figure.line.project}, {figure.metric}”"
    is_marked = figure.outdated_at is not None
    low, high = figure.span or (figure.proposal, figure.proposal)
    if figure.proposal is not None and low is not None and high is not None and not low <= figure.proposal <= high:
        yield f"{called}: the proposal {figure.proposal} lies outside its band."
    if is_open and figure.proposal != now.proposal:
        yield f"{called}: the proposal is kept as {figure.proposal}, but the history says {now.proposal}."
    elif is_open and figure.proposal_year != now.year:
        kept, rests_on = figure.proposal_year or "no year", now.year or "no year"
        yield f"{called}: its proposal is said to rest on {kept}, but the history has it from {rests_on}."
    elif is_open and ((figure.low, figure.high) != (now.low, now.high) or is_marked):
        yield f"{called}: the band is kept as {figure.span}, but the history says {(now.low, now.high)}."
    elif not is_open and is_marked and figure.proposal_now != now.proposal:
        yield f"{called}: the history is said to propose {figure.proposal_now}, but it says {now.proposal}."
    elif not is_open and is_marked == (figure.proposal == now.proposal):
        yield f"{called}: the history says {now.proposal} now, and the figure does not say so."


def left_behind(cycle: Cycle, planners: Planners) -> Iterator[str]:
    """Projects of a merged department that its heir did not take over into the year it plans."""
    merged = Department.objects.filter(pk__in=planners.heirs)
    early = set(merged.filter(Q(merged_at=None) | Q(merged_at__lt=cycle.published_at)).values_list("pk", flat=True))
    states = dict(Forecast.objects.filter(cycle=cycle).values_list("department_id", "state"))
    # Who was merged while the heir's forecast was being decided on comes with the next one.
    heirs = {
        part: heir
        for part, heir in planners.heirs.items()
        if states.get(heir) in FORECAST.editable or (part in early and heir in states)
    }
    there = set(Project.objects.filter(cycle=cycle).values_list("department_id", "slug"))
    for project in carried_over(cycle, heirs):
        if (project.department_id, project.slug) not in there:
            yield f"{cycle.year}: “{project.name}” of a merged department is not planned by its heir."


def shown_figures() -> Iterator[str]:
    """Open evaluations whose version stands for other figures than they show: somebody would decide on unseen ones."""
    # Of one from before this was kept, the next act that moves a figure says all of them.
    opened = Evaluation.objects.exclude(state=Evaluation.State.REVIEWED).exclude(figures={})
    for evaluation in opened.select_related("cycle", "project").order_by("pk"):
        now = figures_shown(evaluation)
        for name in sorted({*evaluation.figures, *now}):
            kept, found = evaluation.figures.get(name) or "nothing", now.get(name) or "nothing"
            if kept != found:
                called = f"Evaluation {evaluation.pk} “{evaluation}”"
                yield f"{called}: its version shows {name} of {kept}, and it is {found}."


def frozen_sums() -> Iterator[str]:
    """What published reports say of a department, against their own lines and against the year they compare with."""
    for report in DemandReport.objects.exclude(published_at=None).select_related("cycle").order_by("pk"):
        lines: dict[int, dict[str, Decimal | None]] = {}
        rows = ReportLine.objects.filter(report=report).order_by().values_list("department_id")
        for department_id, *figures in rows.annotate(*(Sum(metric) for metric in METRICS)):
            lines[department_id] = dict(zip(METRICS, figures, strict=True))
        sums = list(ReportSum.objects.filter(report=report).select_related("department").order_by("pk"))
        own = [row for row in sums if row.year == report.cycle.year]
        yield from _differing(report, own, lines, "its lines come to")
        yield from _differing(report, *_past_of(report, [row for row in sums if row.year < report.cycle.year]))


def _past_of(
    report: DemandReport, rows: list[ReportSum]
) -> tuple[list[ReportSum], dict[int, dict[str, Decimal | None]], str]:
    """The year compared with, as far as neither its history nor who plans for whom changed after the publication."""
    since, planners = report.published_at, all_planners_in(report.cycle_id)
    if not rows or HistoryImport.objects.filter(Q(at__gt=since) | Q(undone_at__gt=since)).exists():
        return [], {}, ""
    replaced = ReplacedActual.objects.filter(at__gt=since).values_list("actual__department_id", flat=True)
    regrouped = set(_regrouped_since(report))
    changed = regrouped | {planners.of(department) for department in {*replaced, *regrouped}}
    kept = [row for row in rows if row.department_id not in changed]
    found = actuals_in(rows[0].year, [row.department_id for row in kept], planners) if kept else {}
    return kept, found, f"{rows[0].year} was"


def _regrouped_since(report: DemandReport) -> Iterator[int]:
    """The departments whose past counts elsewhere since a report was published: merged, or excused as merged ones."""
    since, merged = report.published_at, Department.objects.filter(merged_into__isnull=False).order_by("pk")
    yield from merged.filter(merged_at__gt=since).values_list("pk", flat=True)
    excused = Forecast.objects.filter(cycle_id=report.cycle_id, waived_at__gt=since, department__in=merged)
    yield from excused.order_by("pk").values_list("department_id", flat=True)


def _differing(
    report: DemandReport, rows: Iterable[ReportSum], found: dict[int, dict[str, Decimal | None]], says: str
) -> Iterator[str]:
    wanted = defaultdict(dict, found)
    for row in rows:
        for metric in METRICS:
            # A past of which a part is not known is no sum; reports published before that was so hold the part.
            if row.year < report.cycle.year and wanted[row.department_id].get(metric) is None:
                continue
            kept, computed = row.sums[metric] or Decimal(0), wanted[row.department_id].get(metric) or Decimal(0)
            if abs(kept - computed) >= Decimal("0.01"):
                yield f"{report}, {row.department}: {metric} stands as {kept:.2f}, but {says} {computed:.2f}."


def recorded() -> Iterator[str]:
    """Figures that are not those of the portal's own record, though no kept reason says otherwise."""
    for actual, one, has_reason in otherwise():
        if not has_reason:
            yield f"Actual figures {actual.pk} “{actual}”: {one.sentence}, and no kept reason says so."


def remarks() -> list[str]:
    """Every one of them, a sentence each; none of them is a fault."""
    return [*_said_otherwise(), *_beyond_pools()]


def _said_otherwise() -> Iterator[str]:
    """Figures that a person or a file says otherwise than the portal's own record: kept and shown."""
    for actual, one, has_reason in otherwise():
        if has_reason:
            yield f"Actual figures {actual.pk} “{actual}”: {one.sentence}; a kept reason says so."


def _beyond_pools() -> Iterator[str]:
    """Lines in force that take more of a money pool than it holds: a manager approved them."""
    for budget in Budget.objects.filter(state=Budget.State.APPROVED).select_related("cycle").order_by("pk"):
        for pool, taken in beyond_pools(budget):
            beyond = f"{taken - pool.capacity:.2f} more than it holds; a manager approved that"
            yield f"Lines in force paid from pool {pool.pk} “{pool}” come to {taken:.2f}, {beyond}."


def otherwise() -> Iterator[tuple[Actual, Held, bool]]:
    """Every figure that differs from the record of its project, and whether somebody said that it does."""
    ended = Project.objects.filter(state__in=RECORDED).select_related("cycle").order_by("pk").iterator(ENDED_AT_ONCE)
    while projects := list(islice(ended, ENDED_AT_ONCE)):
        records = {(project.department_id, project.slug, project.cycle.year): project for project in projects}
        years, departments = {key[2] for key in records}, {key[0] for key in records}
        for actual in Actual.objects.filter(year__in=years, department_id__in=departments).order_by("pk"):
            if project := records.get(key_of(actual)):
                yield from _otherwise(actual, project)


def _otherwise(actual: Actual, project: Project) -> Iterator[tuple[Actual, Held, bool]]:
    found = [one for one in held(actual.figures, project) if one.said != one.held]
    known = said_otherwise(actual) if found else set()
    for one in found:
        yield actual, one, bool(known & set(METRICS_OF[one.measure]))


def unrecorded() -> Iterator[str]:
    """Cancelled projects of closed years that did something before, of which the history knows nothing."""
    cancelled = Project.objects.filter(state=Project.State.CANCELLED, cycle__state=Cycle.State.CLOSED)
    did = Q(activities_held__gt=0) | Q(participants_reached__gt=0) | Q(spent__gt=0)
    for project in cancelled.filter(did).select_related("cycle").order_by("pk"):
        where = {"department_id": project.department_id, "slug": project.slug, "year": project.cycle.year}
        if not Actual.objects.filter(**where).exists():
            yield f"Project {project.pk} “{project}”: the history lacks what it did. Bring its figures in with a file."
