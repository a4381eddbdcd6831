"""Stage 1: what may happen to a forecast and to the demand report, on one screen."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from planning.cycles.models import Stage
from planning.cycles.workflow import window_for
from planning.forecasts.models import DemandReport, Forecast, ForecastFigure, ForecastLine
from planning.projects.models import Metric
from sop_portal.foundation.kit.formats import day_short, joined, joined_lazy
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.places import LINES, PARTS, part_of
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, WindowCheck, Workflow

State = Forecast.State
ReportState = DemandReport.State


def forecast_window(forecast: Forecast, at: datetime) -> WindowCheck:
    """Whether the department's forecast is taken now."""
    return window_for(forecast.cycle, Stage.FORECAST, forecast.department_id, at)


def withdrawal_window(forecast: Forecast, at: datetime) -> WindowCheck:
    """A forecast is withdrawn only while it could be submitted again; a draft is not late."""
    found = forecast_window(forecast, at)
    return WindowCheck(found.is_open, sentence=found.sentence, way_out=found.way_out)


def until_report(forecast: Forecast, at: datetime) -> WindowCheck:
    """What stands in a published report is sent back only once a new version is being compiled."""
    latest = DemandReport.objects.filter(cycle_id=forecast.cycle_id).first()
    if forecast.state != State.ACCEPTED or latest is None or latest.published_at is None:
        return WindowCheck(True, is_late=forecast.is_late)
    published_on = day_short(forecast.cycle.day(latest.published_at), forecast.cycle.day(at))
    sentence = _("The demand report was published on %(day)s.") % {"day": published_on}
    return WindowCheck(False, sentence=sentence, way_out=_("Start a new version of it first, with a reason."))


def missing_to_submit(forecast: Forecast, at: datetime) -> list[Missing]:
    """Every project has its figures, or the word why not this year; every override its source and reason."""
    lines = list(forecast.lines.select_related("project").prefetch_related("figures").order_by("project__name", "pk"))
    if not lines:
        add = reverse("forecast-add", args=[forecast.cycle.year, forecast.department.slug])
        return [Missing(_("The forecast has no project yet."), add)]
    return [missing for line in lines if line.is_planned for missing in missing_in_line(forecast, line)]


def missing_in_line(forecast: Forecast, line: ForecastLine) -> list[Missing]:
    """What one planned project still lacks, each with the place on its page."""
    url = reverse("forecast-line", args=[forecast.cycle.year, forecast.department.slug, line.project.slug])
    found = {figure.metric: figure for figure in line.figures.all()}
    if all(figure.figure is None for figure in found.values()):
        return [Missing(interpolate(_("%(project)s has no figures yet."), {"project": line.project}), url)]
    sentences = ((metric, _lack(line, Metric(metric), found.get(metric))) for metric in Metric.values)
    missing = [Missing(sentence, f"{url}#id_{metric}") for metric, sentence in sentences if sentence]
    if not missing and line.looked_at is None:
        unread = _("Nobody has looked at the figures of %(project)s yet: open them and save.")
        missing.append(Missing(interpolate(unread, {"project": line.project}), url))
    return missing


def is_complete(line: ForecastLine) -> bool:
    """Whether a planned project lacks nothing and somebody has looked at it, without saying what."""
    found = {figure.metric: figure for figure in line.figures.all()}
    return line.looked_at is not None and not any(_is_lacking(found.get(metric)) for metric in Metric.values)


def _is_lacking(figure: ForecastFigure | None) -> bool:
    if figure is None or figure.figure is None:
        return True
    return figure.override is not None and not (figure.source and figure.reason)


def _lack(line: ForecastLine, metric: Metric, figure: ForecastFigure | None) -> str:
    if not _is_lacking(figure):
        return ""
    names = {"project": line.project.name, "measure": metric.label}
    if figure is None or figure.figure is None:
        return _("%(project)s: “%(measure)s” has no figure.") % names
    if figure.source:
        return _("%(project)s: the figure for “%(measure)s” has no reason.") % names
    if figure.reason:
        return _("%(project)s: the figure for “%(measure)s” has no source.") % names
    return _("%(project)s: the figure for “%(measure)s” has neither source nor reason.") % names


def missing_to_publish(report: DemandReport, at: datetime) -> list[Missing]:
    """A report needs at least one accepted forecast."""
    if Forecast.objects.filter(cycle_id=report.cycle_id, state=State.ACCEPTED).exists():
        return []
    return [Missing(_("No forecast is accepted yet."), reverse("forecasts", args=[report.cycle.year]))]


FIELDS: dict[str, Any] = {"project": _("Project"), "planned": _("Planned this year"), "why_not": _("Why not this year")}
VALUES: dict[str, dict[str, Any]] = {"planned": {"yes": _("yes"), "no": _("no")}}
for _metric in Metric:
    FIELDS[_metric.value] = _metric.label
    FIELDS[f"{_metric.value}-source"] = joined_lazy([_metric.label, _("source")])
    VALUES[f"{_metric.value}-source"] = dict(ForecastFigure.Source.choices)
    FIELDS[f"{_metric.value}-reason"] = joined_lazy([_metric.label, _("reason")])


def projects_called(forecast: Forecast) -> dict[str, str]:
    """What the projects of a forecast are called, and on each the overrides, for the papers behind a figure."""
    overridden = ForecastFigure.objects.filter(line__forecast=forecast, override__isnull=False)
    typed = set(overridden.values_list("line_id", "metric"))
    called: dict[str, str] = {}
    for line in forecast.lines.select_related("project").order_by("project__name", "pk"):
        called[part_of(line)] = str(line.project)
        for metric in Metric:
            if (line.pk, metric) in typed:
                called[part_of(line, metric)] = joined([line.project, metric.label])
    return called


PARTS["forecast"] = projects_called
LINES["forecast"] = lambda forecast: forecast.lines
LINE = "forecast-line"
keep_rows(LINE, ForecastLine, beside={ForecastFigure._meta.db_table: "line"})
FORECAST = Workflow(
    kind="forecast",
    model=Forecast,
    label=_("Demand forecast"),
    states=State,
    initial=State.DRAFT,
    closed=frozenset({State.ACCEPTED, State.WAIVED}),
    sealed_with=(
        SealedRows("planning_forecastline", "forecast"),
        SealedRows("planning_forecastfigure", "line__forecast", frozenset({"outdated_at", "proposal_now"})),
    ),
    tones={
        State.DRAFT: "draft", State.SUBMITTED: "sent", State.RETURNED: "back", State.ACCEPTED: "ok",
        State.WAIVED: "shut",
    },
    editable=frozenset({State.DRAFT, State.RETURNED}),
    fields=FIELDS,
    values=VALUES,
    steps=(
        Step(
            "submit", _("Submit forecast"), [State.DRAFT, State.RETURNED], State.SUBMITTED, by=Can.SUBMIT_FORECAST,
            done=_("%(person)s submitted the forecast"), stamps="submitted", authors=True,
            missing=missing_to_submit, window=forecast_window,
            says=_("The resource team decides next. You can withdraw it until then."),
            task=_("Submit the %(year)s forecast of %(department)s"),
        ),
        Step(
            "accept", _("Accept forecast"), [State.SUBMITTED], State.ACCEPTED, by=Can.REVIEW_FORECAST,
            done=_("%(person)s accepted the forecast"), stamps="accepted", four_eyes=True,
            says=_("It becomes part of the year’s demand report."),
            task=_("Review the %(year)s forecast of %(department)s"),
        ),
        Step(
            "send-back", _("Send back with a comment"), [State.SUBMITTED, State.ACCEPTED], State.RETURNED,
            by=Can.REVIEW_FORECAST, done=_("%(person)s sent the forecast back"), four_eyes=True, comment=True,
            awaited=False, window=until_report,
        ),
        Step(
            "withdraw", _("Withdraw forecast"), [State.SUBMITTED], State.DRAFT, by=Can.SUBMIT_FORECAST,
            done=_("%(person)s withdrew the forecast"), awaited=False, window=withdrawal_window,
        ),
        Step(
            "waive", _("Waive forecast"), [State.DRAFT, State.RETURNED], State.WAIVED, by=Can.WAIVE,
            done=_("%(person)s waived the forecast"), stamps="waived", four_eyes=True, comment=True,
            awaited=False,
        ),
    ),
)  # fmt: skip

DEMAND_REPORT = Workflow(
    kind="demand-report",
    model=DemandReport,
    label=_("Unified demand report"),
    states=ReportState,
    initial=ReportState.COMPILING,
    closed=frozenset({ReportState.PUBLISHED}),
    sealed_with=tuple(
        SealedRows(f"planning_report{part}", "report") for part in ("line", "sum", "need", "gap")
    ),
    tones={ReportState.COMPILING: "draft", ReportState.PUBLISHED: "ok"},
    editable=frozenset({ReportState.COMPILING}),
    instead=_("Compile a new version of it."),
    fields={"forecast": _("Forecast")},
    values={"forecast": dict(State.choices)},
    steps=(
        Step(
            "publish", _("Publish demand report"), [ReportState.COMPILING], ReportState.PUBLISHED,
            by=Can.PUBLISH_REPORT, done=_("%(person)s published the demand report"), stamps="published",
            missing=missing_to_publish,
            says=_(
                "The version is frozen. A department accepted later gets a resource request then, with two weeks."
            ),
            task=_("Publish the %(year)s demand report, version %(number)s"),
        ),
    ),
)  # fmt: skip
