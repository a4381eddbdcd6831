"""The page of a department's forecast: projects, totals, what to check before it is submitted. Reads only."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from planning.cycles.calendar import timeliness
from planning.cycles.models import Extension, Stage, StageWindow
from planning.cycles.queries import dates_of, extension_of, later_of
from planning.forecasts.figures import METRICS, Figure, change, total
from planning.forecasts.linepage import Tab, note_of, units
from planning.forecasts.models import DemandReport, Forecast, ForecastFigure, ForecastLine
from planning.forecasts.pastyears import known_before, last_year
from planning.projects.models import Metric
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Answer, FollowUp, Link, Person, Tile
from sop_portal.foundation.kit.sentences import concatenate, interpolate
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Membership
from sop_portal.foundation.organisation.roles import Can, Role

S = Forecast.State
MOST_PEOPLE = 4


@dataclass(frozen=True)
class CheckedProject:
    """A project whose figures differ from the proposals, answer by answer."""

    line: ForecastLine
    url: str
    answers: list[Answer]


@dataclass(frozen=True)
class TableRow:
    """A project with its figures, ready to print; without cells it is not planned this year."""

    url: str
    name: str
    mark: SafeString
    note: str
    words: str
    why_not: str
    cells: SafeString


def meta_of(forecast: Forecast, on: date) -> dict[str, Any]:
    """When it is due, whether it is late, and whether the department got more time."""
    dates = dates_of(forecast.cycle, Stage.FORECAST)
    return meta_by(forecast, dates, extension_of(forecast.cycle, Stage.FORECAST, forecast.department_id), on)


def meta_by(forecast: Forecast, dates: StageWindow | None, extension: Extension | None, on: date) -> dict[str, Any]:
    """The same where dates and extension are known already."""
    due_on = later_of(dates, extension)
    is_owed = forecast.state in (S.DRAFT, S.RETURNED)
    late = 0
    if dates and due_on and is_owed and due_on < on:
        late = timeliness(due_on, dates.first_due_on, None, on).days
    return {
        "due_on": due_on if is_owed else None,
        "late_days": late,
        "extension": extension,
    }


def next_text(forecast: Forecast, on: date) -> str:
    """What the box under the title says beside its buttons."""
    if forecast.state in (S.DRAFT, S.RETURNED):
        return formats.due_phrase(forecast.due_on, on)
    if forecast.state == S.ACCEPTED and forecast.accepted_at and forecast.accepted_by:
        names = {"person": forecast.accepted_by, "moment": formats.moment(forecast.accepted_at, on)}
        return interpolate(_("Accepted by %(person)s on %(moment)s."), names)
    if forecast.state == S.SUBMITTED and forecast.submitted_at and forecast.submitted_by:
        names = {"person": forecast.submitted_by, "moment": formats.moment(forecast.submitted_at, on)}
        return interpolate(_("Submitted by %(person)s on %(moment)s."), names)
    return ""


def figures_of(line: ForecastLine) -> dict[str, Figure]:
    """The figures of a line by metric."""
    return {figure.metric: figure.figure for figure in line.figures.all()}


def totals_of(lines: list[ForecastLine]) -> dict[str, Figure]:
    """The sums of the planned projects; a metric nobody knows has none."""
    planned = [figures_of(line) for line in lines if line.is_planned]
    return {metric: total(found.get(metric) for found in planned) for metric in METRICS}


def table_of(tabs: list[Tab]) -> list[TableRow]:
    """The projects as rows: five figures each, with the proposal beside a figure that replaced it."""
    return [
        TableRow(
            tab.url, tab.name, tab.mark, "" if tab.tone == "ok" or not tab.is_planned else tab.words, tab.words,
            tab.why_not, _cells(tab.line) if tab.is_planned else SafeString(""),
        )
        for tab in tabs
    ]  # fmt: skip


def _cells(line: ForecastLine) -> SafeString:
    figures = {figure.metric: figure for figure in line.figures.all()}
    # Figures are written by us; nothing in a cell was typed.
    return mark_safe("".join(f'<td class="r">{_cell(figures[metric])}</td>' for metric in METRICS))


def _cell(figure: ForecastFigure) -> str:
    if figure.override is None:
        return formats.number(figure.figure)
    words = _("proposal %(proposal)s") % {"proposal": formats.number(figure.proposal)}
    beside = f'<small class="d-block muted">{escape(words)}</small>' if figure.proposal is not None else ""
    return f"<b>{formats.number(figure.figure)}</b>{beside}"


def tiles_of(forecast: Forecast, lines: list[ForecastLine]) -> list[Tile]:
    """The department's totals with the change on last year."""
    year = known_before(forecast.cycle.year, [forecast.department_id])
    before = last_year(year, [forecast.department_id]).get(forecast.department_id, {})
    sums = totals_of(lines)
    moved = {metric: change(sums[metric], before.get(metric)) for metric in METRICS}
    return tiles(sums, moved, year, forecast.cycle.currency)


def tiles(sums: dict[str, Figure], moved: dict[str, Figure], year: int, currency: str) -> list[Tile]:
    """Five totals, each with its change on the actual figure of a year."""
    return [Tile(heading(m, currency), formats.number(sums[m]), note=on_year(moved[m], year)) for m in METRICS]


def heading(metric: str, currency: str) -> str:
    """The name of a metric with its unit, short enough for a column."""
    if metric in ("materials", "money"):
        name = _("Materials") if metric == "materials" else _("Other money")
        return _("%(measure)s, %(unit)s") % {"measure": name, "unit": currency}
    return str(Metric(metric).label)


def headings(currency: str) -> list[str]:
    """The five columns."""
    return [heading(metric, currency) for metric in METRICS]


def on_year(moved: Figure, year: int) -> str:
    """The change on a year in words."""
    if moved is None:
        return _("not known for %(year)s") % {"year": year}
    return _("%(change)s on %(year)s") % {"change": formats.signed_percent(moved), "year": year}


def checked(forecast: Forecast, lines: list[ForecastLine]) -> list[CheckedProject]:
    """Every planned project with its answers, overrides with source and reason."""
    counted = units(forecast.cycle.currency)
    return [
        CheckedProject(line, url_of(forecast, line), [_answer(forecast, line, m, counted[m]) for m in METRICS])
        for line in lines
        if line.is_planned
    ]


def url_of(forecast: Forecast, line: ForecastLine) -> str:
    """The page of a line."""
    return reverse("forecast-line", args=[forecast.cycle.year, forecast.department.slug, line.project.slug])


def _answer(forecast: Forecast, line: ForecastLine, metric: str, unit: str) -> Answer:
    figure = next(found for found in line.figures.all() if found.metric == metric)
    note = note_of(figure.override, figure.proposal)
    if figure.override is not None and figure.source:
        names = {"note": note, "source": figure.get_source_display()}
        note = _("%(note)s. Source: %(source)s") % names
    value = formats.number(figure.figure)
    if metric in ("people", "materials", "money") and figure.figure is not None:
        value = f"{value} {unit}"
    return Answer(Metric(metric).label, value, note, figure.reason, f"{url_of(forecast, line)}#id_{metric}")


def people_of(forecast: Forecast, on: date) -> list[Person]:
    """Who heads the department and who can decide, each once, with everything they are to this forecast."""
    heads = Membership.objects.on(on).filter(role=Role.HEAD, department_id=forecast.department_id)
    known = [(m.person, _("department head")) for m in heads.select_related("person")]
    if forecast.state in (S.SUBMITTED, S.ACCEPTED) and forecast.submitted_by:
        known.append((forecast.submitted_by, _("submitted it")))
    if forecast.state == S.ACCEPTED and forecast.accepted_by:
        known.append((forecast.accepted_by, _("accepted it")))
    if forecast.state == S.SUBMITTED:
        known += [(p, _("can decide")) for p in people_who_can(Can.REVIEW_FORECAST, forecast, on)[:MOST_PEOPLE]]
    roles: dict[Any, list[str]] = {}
    for person, what in known:
        roles.setdefault(person, []).append(str(what))
    return [Person(person.name, person.initials, _(", ").join(what)) for person, what in roles.items()]


def chain_of(forecast: Forecast, on: date) -> list[Link]:
    """From what was learned to the forecast, and on to the report and the request made of it."""
    year, slug = forecast.cycle.year, forecast.department.slug
    report = DemandReport.objects.filter(cycle_id=forecast.cycle_id).first()
    if report is not None:
        report.cycle = forecast.cycle
    lessons = reverse("lessons", args=[year])
    links = [Link(_("Lessons of earlier years"), lessons), Link(_("Forecast"), "", _("you are here"), is_here=True)]
    if report is None:
        links.append(Link(_("Demand report"), "", _("made of all accepted forecasts"), is_open=True))
    else:
        text = _("Version %(number)s, %(state)s") % {"number": report.number, "state": report.get_state_display()}
        url = report.get_absolute_url()
        links.append(Link(_("Demand report"), url, text, is_open=report.published_at is None))
    window, is_open = dates_of(forecast.cycle, Stage.REQUEST), bool(report and report.published_at)
    days = _("%(from)s to %(to)s") % {
        "from": formats.day_short(window.opens_on, on), "to": formats.day_short(window.due_on, on),
    } if window else ""  # fmt: skip
    url = reverse("request", args=[year, slug]) if is_open else ""
    return [*links, Link(_("Resource request"), url, days, is_open=not is_open)]


def what_follows(forecast: Forecast, on: date) -> list[FollowUp]:
    """What happens after submitting: by whom and when."""
    names = concatenate(people_who_can(Can.REVIEW_FORECAST, forecast, on)[:2], _(" or "))
    steps = [
        FollowUp(
            _("The resource team decides"),
            interpolate(
                _(
                    "%(names)s accepts the forecast or sends it back with a comment, normally within five days. "
                    "You are told either way."
                ),
                {"names": names or _("The resource team")},
            ),
        ),
        FollowUp(
            _("All accepted forecasts become one demand report"),
            _("If you and another department need the same thing at the same time, both of you are told."),
        ),
    ]
    window = dates_of(forecast.cycle, Stage.REQUEST)
    if window:
        days = {"first": formats.day_short(window.opens_on, on), "last": formats.day_short(window.due_on, on)}
        title = _("You request resources, %(first)s to %(last)s") % days
        steps.append(FollowUp(title, _("A draft request is prepared from this forecast. You only adjust it.")))
    return steps
