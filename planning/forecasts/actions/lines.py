"""The lines of a forecast: projects taken in and left out, figures typed, and the totals kept of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.forecasts.figures import METRICS, Derived, Typed, plain, project_needs, settled
from planning.forecasts.models import Forecast, ForecastFigure, ForecastLine
from planning.forecasts.queries.forecasts import planned_sums
from planning.forecasts.queries.projects import proposals_of
from planning.forecasts.workflow import FIELDS, FORECAST, LINE
from planning.projects.figures import BOUNDS
from planning.projects.models import Metric, Project, slug_of
from planning.projects.queries import slugs_of_renamed
from planning.projects.workflow import PROJECT, refuse_stranger, refuse_unplanned
from sop_portal.foundation.kit.bounds import SCORE, refuse_beyond
from sop_portal.foundation.kit.bulk import ROWS_AT_ONCE, insert_rows
from sop_portal.foundation.kit.fitting import give, refuse_unfit, refuse_unknown
from sop_portal.foundation.kit.refusals import Changed, Difference, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import takes_part
from sop_portal.foundation.workflow.conflicts import known_at
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import created, edit
from sop_portal.foundation.workflow.seals import seal_rows

USUAL_IMPORTANCE = 3


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that a department takes into its forecast; how important it is the resource team says."""

    name: str
    lead: User | None = None
    purpose: str = ""


FIGURE_COLUMNS = ("line", "metric", "proposal", "proposal_year", "low", "high", "source", "reason")


def create_lines(forecasts: Mapping[int, Forecast], projects: list[Project]) -> None:
    """Create projects with their lines and proposed figures, in a few statements however many there are.

    Projects that were planned before the year was published are there already and get their lines.
    """
    if not projects:
        return
    ahead = [project for project in projects if not project._state.adding]
    proposals = proposals_of(projects, projects[0].cycle)
    for project in projects:
        own = proposals.get((project.department_id, project.slug), {})
        for name, value in project_needs({metric: found.proposal for metric, found in own.items()}).items():
            setattr(project, name, value)
    Project.objects.bulk_create([project for project in projects if project._state.adding], batch_size=ROWS_AT_ONCE)
    Project.objects.bulk_update(ahead, ["needed", "activities_planned", "participants_planned"], batch_size=500)
    lines = ForecastLine.objects.bulk_create(
        (ForecastLine(forecast=forecasts[project.department_id], project=project) for project in projects),
        batch_size=ROWS_AT_ONCE,
    )
    keys = [(project.department_id, project.slug) for project in projects]
    figures = (f for line, key in zip(lines, keys, strict=True) for f in _figures(line, proposals.get(key, {})))
    insert_rows(ForecastFigure, FIGURE_COLUMNS, figures)
    seal_rows(PROJECT.kind, [project.pk for project in projects])
    seal_rows(LINE, [line.pk for line in lines])


def _figures(line: ForecastLine, proposals: Mapping[str, Derived]) -> list[tuple[object, ...]]:
    """A figure for every metric of a new line, proposed or not, with what the proposal rests on."""
    found = {metric: proposals.get(metric, Derived()) for metric in METRICS}
    return [(line.pk, metric, own.proposal, own.year, own.low, own.high, "", "") for metric, own in found.items()]


def update_totals(*forecasts: Forecast) -> None:
    """Give locked forecasts the sums of their planned projects; whoever locked them saves them."""
    sums = planned_sums(forecasts)
    for forecast in forecasts:
        for metric in METRICS:
            setattr(forecast, metric, sums[forecast.pk].get(metric))


def add_project(forecast: Forecast, new: NewProject, *, by: User, at: datetime) -> Project:
    """Take one more project into the forecast; a name known from earlier years continues their history."""
    with edit(FORECAST, forecast, by=by, at=at, can=Can.EDIT_DRAFTS) as editing:
        takes_part(forecast.department)
        refuse_stranger(forecast.department_id, new.lead, at)
        project = new_project(editing.record.cycle, forecast.department, new)
        create_lines({forecast.department_id: editing.record}, [project])
        update_totals(editing.record)
        editing.change("project", "", new.name)
        created(PROJECT, project, by=by, at=at, grant=editing.grant)
    return project


def new_project(cycle: Cycle, department: Department, new: NewProject, importance: int = USUAL_IMPORTANCE) -> Project:
    """The project to be taken in, or a refusal where the year has it already."""
    called = slug_of(new.name)
    slug = slugs_of_renamed([department.pk]).get((department.pk, called), called)
    if not new.name.strip():
        raise NotReady(_("Every project has a name."), [], _("Write its name.")).about("name")
    refuse_beyond(_("Importance"), importance, SCORE)
    there = Project.objects.filter(cycle=cycle, department=department).order_by("pk").values_list("slug", "name")
    twin = next((known for kept, known in there if kept == slug or same_name(known) == same_name(new.name)), None)
    if twin is not None:
        sentence = _("The forecast already has a project “%(name)s”.")
        way_out = _("Open that one, or give this one another name.")
        raise NotReady(interpolate(sentence, {"name": twin}), [], way_out).about("name")
    project = Project(
        cycle=cycle,
        department=department,
        name=new.name,
        slug=slug,
        purpose=new.purpose,
        lead=new.lead,
        importance=importance,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
    )
    refuse_unfit(project, ("name", "purpose"))
    return project


def set_figures(line: ForecastLine, typed: Mapping[str, Typed], *, by: User, at: datetime, seen: int) -> ForecastLine:
    """Write what a person typed for a project; a figure equal to the proposal is the proposal, its words are kept."""
    with edit(FORECAST, line.forecast, by=by, at=at, can=Can.EDIT_DRAFTS, reach=line) as editing:
        refuse_unplanned(line.project)
        _refuse_odd(typed)
        figures = {figure.metric: figure for figure in line.figures.select_for_update().order_by("pk")}
        kept = {metric: settled(figures[metric].proposal, typed[metric]) for metric in METRICS if metric in typed}
        _refuse_if_changed(editing.record, line, figures, kept, seen)
        for metric, said in kept.items():
            _write(editing, line, figures[metric], said)
        _note_look(line, by, at)
        _update_line_totals(line, editing.record)
    return line


def _note_look(line: ForecastLine, by: User, at: datetime) -> None:
    """Whoever saves the figures has looked at them, changed or not."""
    if line.looked_at is None:
        line.looked_at, line.looked_by = at, by
        line.save(update_fields=["looked_at", "looked_by"])


def _refuse_odd(typed: Mapping[str, Typed]) -> None:
    """Refuse figures that cannot be, and sources that nobody knows."""
    for metric, said in typed.items():
        refuse_unknown(_("Measure"), metric, dict(Metric.choices))
        refuse_beyond(Metric(metric).label, said.override, BOUNDS[metric])
        if said.source and said.source not in ForecastFigure.Source.values:
            sentence = _("“%(field)s” has no source “%(source)s”.")
            words = {"field": Metric(metric).label, "source": said.source}
            raise NotReady(interpolate(sentence, words), [], _("Choose history, market trend or feedback."))


def _refuse_if_changed(
    forecast: Forecast, line: ForecastLine, figures: Mapping[str, ForecastFigure], kept: Mapping[str, Typed], seen: int
) -> None:
    """Refuse to write over what a colleague saved in this line; another line, or the same words, is no conflict."""
    if forecast.version == seen or all(_is_there(figures[metric], said) for metric, said in kept.items()):
        return
    seen_fields = known_at(FORECAST.kind, forecast.pk, seen).items()
    here = {name: old for (where, name), old in seen_fields if where == str(line.project)}
    if here:
        raise Changed(
            _("This project changed since you opened it, so nothing was saved."),
            [Difference(str(FIELDS.get(name, name)), old, _text_of(figures, name)) for name, old in here.items()],
            _("Look at the difference, then save again."),
        )


def _is_there(figure: ForecastFigure, said: Typed) -> bool:
    return (figure.override, figure.source, figure.reason) == (said.override, said.source, said.reason)


def _text_of(figures: Mapping[str, ForecastFigure], name: str) -> str:
    """The value a field has now, as it stands in the trail."""
    metric, _dash, part = name.partition("-")
    if metric not in figures:
        return ""
    return str(getattr(figures[metric], part)) if part else plain(figures[metric].figure)


def _write(editing: Editing[Forecast], line: ForecastLine, figure: ForecastFigure, said: Typed) -> None:
    where, metric = str(line.project), figure.metric
    now = figure.proposal if said.override is None else said.override
    changed = [
        editing.change(metric, plain(figure.figure), plain(now), where),
        editing.change(f"{metric}-source", figure.source, said.source, where),
        editing.change(f"{metric}-reason", figure.reason, said.reason, where),
    ]
    if any(changed):
        give(figure, override=said.override, source=said.source, reason=said.reason)
        figure.save(update_fields=["override", "source", "reason"])


def leave_out(line: ForecastLine, *, why: str, by: User, at: datetime, seen: int) -> ForecastLine:
    """Mark a project "not this year", with the reason."""
    if not why.strip():
        raise NotReady(_("Say why the project is not planned this year."), [_("A reason is missing.")])
    return _plan(line, why, by=by, at=at, seen=seen)


def take_in(line: ForecastLine, *, by: User, at: datetime, seen: int) -> ForecastLine:
    """Plan a project again that was marked "not this year"."""
    refuse_unplanned(line.project)
    return _plan(line, "", by=by, at=at, seen=seen)


def _plan(line: ForecastLine, why_not: str, *, by: User, at: datetime, seen: int) -> ForecastLine:
    """Plan a project, or leave it out with a reason."""
    is_planned = not why_not
    with edit(FORECAST, line.forecast, by=by, at=at, can=Can.EDIT_DRAFTS, reach=line, seen=seen) as editing:
        where = str(line.project)
        editing.change("planned", _yes(line.is_planned), _yes(is_planned), where)
        editing.change("why_not", line.why_not, why_not, where)
        give(line, is_planned=is_planned, why_not=why_not)
        line.save(update_fields=["is_planned", "why_not"])
        _update_line_totals(line, editing.record)
    return line


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _update_line_totals(line: ForecastLine, forecast: Forecast) -> None:
    """Update what project and forecast need after a line changed; a project left out needs nothing."""
    found = dict(line.figures.values_list("metric", "figure")) if line.is_planned else {}
    Project.objects.filter(pk=line.project_id).update(**project_needs(found))
    update_totals(forecast)
    seal_rows(LINE, [line.pk])
