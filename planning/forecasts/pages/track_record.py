"""What earlier years say about a project: its history as a chart, how the proposal did, and where forecasts lean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from planning.forecasts.figures import (
    METRICS,
    Bias,
    Figure,
    MetricScore,
    bias,
    change,
    usual_miss,
)
from planning.forecasts.models import ForecastFigure, ForecastLine
from planning.forecasts.queries.history import KnownFigures, lessons_of, open_measures_of, scores_of
from planning.projects.models import Metric
from sop_portal.foundation.kit.charts.lines import LineChart, LinePoint, YearAhead, line_chart
from sop_portal.foundation.kit.charts.scale import Caption
from sop_portal.foundation.kit.formats import listed, number, percent, sentences
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import Department


def track_record(line: ForecastLine, parts: Sequence[int], known: KnownFigures, year: int) -> dict[str, Any]:
    """What the page of a line shows of earlier years."""
    scores = scores_of(line, parts, year, "participants")
    return {
        "chart": chart_of(line, known, year),
        "method": sentences([method_of(line, known), *counted_in(line, parts)]),
        "score_year": max(scores, default=None),
        "score": scores.get(max(scores, default=0)),
        "verdict": verdict_of(scores),
        "lessons": lessons_of(line, parts, year),
        "measures": open_measures_of(line, parts),
    }


def chart_of(line: ForecastLine, known: KnownFigures, year: int) -> LineChart | None:
    """The history as a line with the proposal and the person's figure; the title says what happened last."""
    metric = _best_known(known)
    readings = known[metric]
    if not _has_any(readings):
        return None
    figure = next(figure for figure in line.figures.all() if figure.metric == metric)
    label = str(Metric(metric).label)
    names = {"measure": label, "first": min(readings), "last": year - 1, "year": year}
    return line_chart(
        [LinePoint(str(then), readings.get(then)) for then in range(min(readings), year)],
        YearAhead(str(year), proposal=figure.proposal, low=figure.low, high=figure.high, own=figure.override, band=0),
        Caption(
            _last_change(label, readings),
            _("%(measure)s %(first)s to %(last)s, and the proposal for %(year)s") % names,
            _("%(measure)s a year. The axis does not begin at zero.") % names,
        ),
    )


def _best_known(known: KnownFigures) -> str:
    """The metric of which most years are known; participants, if none is known better."""
    return max(("participants", *METRICS), key=lambda metric: sum(v is not None for v in known[metric].values()))


def _has_any(readings: Mapping[int, Figure]) -> bool:
    return any(value is not None for value in readings.values())


def _last_change(label: str, readings: Mapping[int, Figure]) -> str:
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


def method_of(line: ForecastLine, known: KnownFigures) -> str:
    """How the proposal is made, and how well that did in the past."""
    figures = {figure.metric: figure for figure in line.figures.all()}
    rests_on = [figures[metric] for metric in ("participants", *METRICS) if figures[metric].proposal_year]
    if not rests_on:
        return _("Nothing is proposed, because no earlier year of this project is known.")
    first = rests_on[0]
    text = _("The figures of %(year)s, the last year that is known.") % {"year": first.proposal_year}
    ahead = line.forecast.cycle.year - (first.proposal_year or 0)
    return sentences([text, *how_good(usual_miss(known[first.metric], ahead), first, ahead)])


def how_good(miss: Figure, first: ForecastFigure, ahead: int) -> Iterator[str]:
    """How far off proposals were that looked as far ahead; the band, which rests on single years, says so."""
    words = {"share": percent(miss), "years": ahead}
    if ahead == 1:
        if miss is not None:
            yield _("In past years “as the year before” was off by %(share)s on average.") % words
        return
    if miss is not None:
        yield _("In past years a figure was off by %(share)s on average %(years)s years later.") % words
    if first.low is not None:
        said = _(
            "The band shows how far figures moved in one year; this proposal looks %(years)s years ahead and may miss "
            "by more."
        )
        yield said % words


def counted_in(line: ForecastLine, parts: Sequence[int]) -> list[str]:
    """Whose figures are counted in, where departments that ran this project became part of the line's own."""
    if len(parts) < 2:
        return []
    merged = Department.objects.filter(pk__in=parts[1:], actuals__slug=line.project.slug).distinct()
    names = [typed(department.name) for department in merged]
    text = _("The figures of %(names)s, now part of this department, are counted in.")
    return [interpolate(text, {"names": listed(names)})] if names else []


def verdict_of(scores: Mapping[int, MetricScore]) -> list[str]:
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
    return said + _leaning(bias(_misses(scores.values())))


def _misses(scores: Iterable[MetricScore]) -> Iterator[Figure]:
    """By how much the figures that counted were off."""
    return (score.override_off if score.override is not None else score.proposal_off for score in scores)


def _leaning(found: Bias | None) -> list[str]:
    if found is None:
        return []
    if found.years == 1:
        high, low = _("The forecast was too high, by %(average)s."), _("The forecast was too low, by %(average)s.")
    else:
        high = _("In %(times)s of %(years)s years the forecast was too high, by %(average)s on average.")
        low = _("In %(times)s of %(years)s years the forecast was too low, by %(average)s on average.")
    names = {"times": found.times, "years": found.years, "average": percent(found.average)}
    return [(high if found.is_high else low) % names]
