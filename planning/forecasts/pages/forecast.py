"""The forecast of a department: its projects, totals, people, and the steps taken on it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.cycles.models import Stage
from planning.cycles.queries import dates_of, may_in
from planning.forecasts.figures import METRICS, headings
from planning.forecasts.models import DemandReport, Forecast, ForecastFigure, ForecastLine
from planning.forecasts.pages.header import header_context
from planning.forecasts.pages.line import changed_since
from planning.forecasts.pages.tabs import Tab, tabs
from planning.forecasts.pages.tiles import tiles_of, totals_of
from planning.forecasts.queries.forecasts import find_forecast, lines_of
from planning.forecasts.queries.report import is_reported
from planning.forecasts.workflow import FORECAST
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import FollowUp, Link, Person
from sop_portal.foundation.kit.sentences import concatenate, interpolate
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.views import step_view

State = Forecast.State
MOST_PEOPLE = 4


class FigureBesideProposal(NamedTuple):
    """A figure; whether it is the department's own; the proposal it replaced, and what changed in the history since."""

    figure: SafeString
    is_own: bool
    proposal: str
    since: str


@dataclass(frozen=True)
class ProjectRow:
    """A project with its figures, ready to print; without cells it is not planned this year."""

    url: str
    name: str
    mark: SafeString
    note: str
    words: str
    why_not: str
    cells: list[FigureBesideProposal]


@page(Can.SEE_RECORDS)
def forecast(request: Request, year: int, department: str) -> HttpResponse:
    """The projects, totals and next step; once submitted, what follows."""
    found = find_forecast(request, year=year, department=department)
    context = header_context(request, found)
    if context["just_done"] == "submit" and found.state == State.SUBMITTED:
        context |= {"steps": what_follows(found, request.today), "messages": []}
        return render(request, "planning/forecasts/submitted.html", context)
    return render(request, "planning/forecasts/forecast.html", context | _content(request, found, lines_of(found)))


def _content(request: Request, found: Forecast, lines: list[ForecastLine]) -> dict[str, Any]:
    shown, sums = tabs(found, lines), totals_of(lines)
    return {
        "tabs": shown,
        "table": project_rows(shown),
        "tiles": tiles_of(found, sums),
        "headings": headings(found.cycle.currency),
        "sums": list(sums.values()),
        "may_add": found.state in FORECAST.editable and may_in(request, found.cycle, Can.EDIT_DRAFTS, found),
        "people": people_of(found, request.today),
        "chain": chain_of(found, request.today),
    }


def project_rows(shown: list[Tab]) -> list[ProjectRow]:
    """The projects as rows: five figures each, with the proposal beside a figure that replaced it."""
    # A forecast of a hundred projects has five hundred cells: their words are looked up once.
    words = _("proposal %(proposal)s")
    return [
        ProjectRow(
            url=tab.url,
            name=tab.name,
            mark=tab.mark,
            note="" if tab.tone == "ok" or not tab.is_planned else tab.words,
            words=tab.words,
            why_not=tab.why_not,
            cells=_cells(tab.line, words) if tab.is_planned else [],
        )
        for tab in shown
    ]


def _cells(line: ForecastLine, words: str) -> list[FigureBesideProposal]:
    figures = {figure.metric: figure for figure in line.figures.all()}
    return [_cell(figures[metric], words) for metric in METRICS]


def _cell(figure: ForecastFigure, words: str) -> FigureBesideProposal:
    proposal, is_own = "", figure.override is not None
    if is_own and figure.proposal is not None:
        proposal = words % {"proposal": formats.number(figure.proposal)}
    since = changed_since(figure) if figure.outdated_at else ""
    # Digits and their signs: there is nothing in them to escape, five hundred times.
    return FigureBesideProposal(SafeString(formats.number(figure.figure)), is_own, proposal, since)


def people_of(forecast: Forecast, on: date) -> list[Person]:
    """Who heads the department and who can decide, each once, with everything they are to this forecast."""
    heads = Membership.objects.on(on).filter(role=Role.HEAD, department_id=forecast.department_id)
    known = [(membership.person, _("department head")) for membership in heads.select_related("person")]
    if forecast.state in (State.SUBMITTED, State.ACCEPTED) and forecast.submitted_by:
        known.append((forecast.submitted_by, _("submitted it")))
    if forecast.state == State.ACCEPTED and forecast.accepted_by:
        known.append((forecast.accepted_by, _("accepted it")))
    if forecast.state in FORECAST["accept"].sources:
        deciding = people_who_can(Can.REVIEW_FORECAST, forecast, on)[:MOST_PEOPLE]
        known += [(person, _("can decide")) for person in deciding]
    roles: dict[User, list[str]] = {}
    for person, what in known:
        roles.setdefault(person, []).append(str(what))
    return [Person(person.name, person.initials, _(", ").join(what)) for person, what in roles.items()]


def chain_of(forecast: Forecast, on: date) -> list[Link]:
    """From what was learned to the forecast, and on to the report and the request made of it."""
    year = forecast.cycle.year
    report = DemandReport.objects.filter(cycle_id=forecast.cycle_id).first()
    return [
        Link(_("Lessons of earlier years"), reverse("lessons", args=[year])),
        Link(_("Forecast"), "", _("you are here"), is_here=True),
        _report_link(forecast, report),
        _request_link(forecast, bool(report and report.published_at), on),
    ]


def _report_link(forecast: Forecast, report: DemandReport | None) -> Link:
    if report is None:
        return Link(_("Demand report"), "", _("made of all accepted forecasts"), is_open=True)
    report.cycle = forecast.cycle
    text = _("Version %(number)s, %(state)s") % {"number": report.number, "state": report.get_state_display()}
    return Link(_("Demand report"), report.get_absolute_url(), text, is_open=report.published_at is None)


def _request_link(forecast: Forecast, is_open: bool, on: date) -> Link:
    days, window = "", dates_of(forecast.cycle, Stage.REQUEST)
    if window:
        words = {"from": formats.day_short(window.opens_on, on), "to": formats.day_short(window.due_on, on)}
        days = _("%(from)s to %(to)s") % words
    url = reverse("request", args=[forecast.cycle.year, forecast.department.slug]) if is_open else ""
    return Link(_("Resource request"), url, days, is_open=not is_open)


def what_follows(forecast: Forecast, on: date) -> list[FollowUp]:
    """What happens after submitting: by whom and when."""
    names = concatenate(people_who_can(Can.REVIEW_FORECAST, forecast, on)[:2], _(" or "))
    decision = _(
        "%(names)s accepts the forecast or sends it back with a comment, normally within five days. "
        "You are told either way."
    )
    steps = [
        FollowUp(_("The resource team decides"), interpolate(decision, {"names": names or _("The resource team")})),
        FollowUp(
            _("All accepted forecasts become one demand report"),
            _("If you and another department need the same thing at the same time, both of you are told."),
        ),
    ]
    window = dates_of(forecast.cycle, Stage.REQUEST)
    if window:
        days = {"first": formats.day_short(window.opens_on, on), "last": formats.day_short(window.due_on, on)}
        title = _("You request resources, %(first)s to %(last)s") % days
        if is_reported(forecast.cycle):
            title = _("You request resources, within two weeks of the acceptance")
        text = _(
            "A draft request is prepared from this forecast, as far as it is clear which pool each figure goes to."
        )
        steps.append(FollowUp(title, text))
    return steps


take = step_view(FORECAST, find_forecast)
