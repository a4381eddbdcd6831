"""The page of one project in a forecast: history, proposal, figures, and what earlier years taught. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.forecasts.figures import (
    METRICS,
    Bias,
    Figure,
    Score,
    band,
    bias,
    change,
    last_known,
    proposed,
    usual_miss,
)
from planning.forecasts.forms import FiguresForm
from planning.forecasts.models import Forecast, ForecastLine
from planning.forecasts.pastyears import Known
from planning.forecasts.workflow import is_complete
from planning.projects.models import Metric
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts.lines import LineChart, LinePoint, YearAhead, line_chart
from sop_portal.foundation.kit.charts.scale import Caption
from sop_portal.foundation.kit.formats import number, percent, signed_percent
from sop_portal.foundation.kit.templatetags.marks import icon


@dataclass(frozen=True)
class Tab:
    """One project in the row of tabs: whether it is complete, to correct, or not planned."""

    line: ForecastLine
    url: str
    icon: str
    tone: str
    words: str
    is_here: bool = False

    @property
    def name(self) -> str:
        """The project's name."""
        return self.line.project.name

    @property
    def is_planned(self) -> bool:
        """Whether the project is planned this year."""
        return self.line.is_planned

    @property
    def why_not(self) -> str:
        """Why it is not."""
        return self.line.why_not

    @property
    def mark(self) -> SafeString:
        """The icon of its state."""
        return icon(self.icon, self.tone)


@dataclass(frozen=True)
class MetricRow:
    """One metric: what it was, what is proposed, and the field for one's own figure."""

    metric: str
    label: Any
    unit: str
    last: Figure
    proposal: Figure
    span: tuple[Decimal, Decimal] | None
    figure: Figure
    note: str
    is_changed: bool
    field: BoundField | None = None
    source: BoundField | None = None
    reason: BoundField | None = None
    said: str = ""
    why: str = ""


def tabs(forecast: Forecast, lines: list[ForecastLine], here: ForecastLine | None = None) -> list[Tab]:
    """Every project of the forecast with its state."""
    return [_tab(forecast, line, here) for line in lines]


def _tab(forecast: Forecast, line: ForecastLine, here: ForecastLine | None) -> Tab:
    url = f"{address('forecasts', forecast.cycle.year)}{forecast.department.slug}/project/{line.project.slug}/"
    is_here = here is not None and here.pk == line.pk
    if not line.is_planned:
        return Tab(line, url, "dash-circle", "", _("not this year"), is_here)
    if is_complete(line):
        return Tab(line, url, "check-lg", "ok", _("complete"), is_here)
    if forecast.state == Forecast.State.RETURNED:
        return Tab(line, url, "arrow-return-left", "back", _("to correct"), is_here)
    return Tab(line, url, "circle", "", _("to fill in"), is_here)


def units(currency: str) -> dict[str, str]:
    """What each metric is counted in."""
    return {
        "activities": _("held in the year"), "participants": _("reached in the year"), "people": _("hours"),
        "materials": currency, "money": currency,
    }  # fmt: skip


def last_year_known(known: Known, year: int) -> int | None:
    """The latest year of which any figure is known: the year before may still be running."""
    found = [last_known(readings, year) for readings in known.values()]
    return max((then for then in found if then), default=None)


def metric_rows(
    line: ForecastLine, known: Known, year: int, currency: str, form: FiguresForm | None
) -> list[MetricRow]:
    """The five metrics in order; without a form they are only shown."""
    counted = units(currency)
    figures = {figure.metric: figure for figure in line.figures.all()}
    then, rows = last_year_known(known, year), []
    for metric in METRICS:
        figure = figures[metric]
        asks = form is not None and not form.asks_once
        rows.append(
            MetricRow(
                metric, Metric(metric).label, counted[metric], known[metric].get(then) if then else None,
                figure.proposal, band(known[metric], year), figure.figure,
                note_of(figure.override, figure.proposal), figure.override is not None,
                form[metric] if form else None, form[f"{metric}-source"] if form and asks else None,
                form[f"{metric}-reason"] if form and asks else None,
                figure.get_source_display() if figure.source else "", figure.reason,
            )
        )  # fmt: skip
    return rows


def note_of(override: Figure, proposal: Figure) -> str:
    """How a figure stands to its proposal, in words."""
    if override is None:
        return _("as proposed") if proposal is not None else _("no figure yet")
    away = change(override, proposal)
    if away is None:
        return _("your figure")
    return _("%(change)s on the proposal") % {"change": signed_percent(away, 0)}


def chart_of(line: ForecastLine, known: Known, year: int) -> LineChart | None:
    """The history as a line with the proposal and the person's figure; the title says what happened last."""
    metric = max(("participants", *METRICS), key=lambda m: sum(v is not None for v in known[m].values()))
    readings = known[metric]
    if not any(value is not None for value in readings.values()):
        return None
    figure = next(f for f in line.figures.all() if f.metric == metric)
    label = Metric(metric).label
    years = range(min(readings), year)
    names = {"measure": label, "first": min(readings), "last": year - 1, "year": year}
    summary = _("%(measure)s %(first)s to %(last)s, and the proposal for %(year)s") % names
    note = _("%(measure)s a year. The axis does not begin at zero.") % names
    low, high = band(readings, year) or (None, None)
    return line_chart(
        [LinePoint(str(then), readings.get(then)) for then in years],
        YearAhead(str(year), proposal=figure.proposal, low=low, high=high, own=figure.override, band=0),
        Caption(_finding(str(label), readings), summary, note),
    )


def _finding(label: str, readings: Mapping[int, Figure]) -> str:
    """The last change as a sentence."""
    years = sorted(then for then, value in readings.items() if value is not None)
    moved = change(readings[years[-1]], readings[years[-2]]) if len(years) > 1 else None
    names: dict[str, Any] = {"measure": label, "year": years[-1], "before": years[0] if len(years) < 2 else years[-2]}
    if moved is None:
        return _("%(measure)s: %(figure)s in %(year)s") % (names | {"figure": number(readings[years[-1]])})
    names["change"] = percent(abs(moved))
    if abs(moved) < Decimal("0.5"):
        return _("%(measure)s hardly changed from %(before)s to %(year)s") % names
    if moved > 0:
        return _("%(measure)s rose by %(change)s from %(before)s to %(year)s") % names
    return _("%(measure)s fell by %(change)s from %(before)s to %(year)s") % names


def method_of(known: Known, year: int) -> str:
    """How the proposal is made, and how well that did in the past."""
    readings = known["participants"] if proposed(known["participants"], year) is not None else _any_known(known)
    then = last_known(readings, year)
    if then is None:
        return _("Nothing is proposed, because no earlier year of this project is known.")
    text = _("The figures of %(year)s, the last year that is known.") % {"year": then}
    miss = usual_miss(readings)
    if miss is None:
        return text
    how_good = _("In past years “as the year before” was off by %(share)s on average.")
    return f"{text} {how_good % {'share': percent(miss)}}"


def _any_known(known: Known) -> dict[int, Figure]:
    return next((years for years in known.values() if any(v is not None for v in years.values())), {})


def verdict_of(scores: Mapping[int, Score]) -> list[str]:
    """What the past forecasts teach: what came closer last time, and whether they lean to one side."""
    if not scores:
        return []
    last = scores[max(scores)]
    words = {
        "override": _("The department’s figure was closer than the proposal."),
        "proposal": _("The proposal was closer than the department’s figure."),
        "both": _("Figure and proposal were equally close."),
    }
    said = [words[last.closer]] if last.closer else []
    return said + _leaning(bias(_used(score) for score in scores.values()))


def _used(score: Score) -> Figure:
    return score.override_off if score.override is not None else score.proposal_off


def _leaning(found: Bias | None) -> list[str]:
    if found is None:
        return []
    high, low = (
        (_("The forecast was too high, by %(average)s."), _("The forecast was too low, by %(average)s."))
        if found.years == 1
        else (
            _("In %(times)s of %(years)s years the forecast was too high, by %(average)s on average."),
            _("In %(times)s of %(years)s years the forecast was too low, by %(average)s on average."),
        )
    )
    names = {"times": found.times, "years": found.years, "average": percent(found.average)}
    return [(high if found.is_high else low) % names]
