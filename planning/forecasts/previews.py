"""What is decided on a forecast: its sums beside last year, every project with its figures, and what follows."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, change, heading, total
from planning.forecasts.models import Forecast, ForecastLine
from planning.forecasts.queries.forecasts import lines_of
from planning.forecasts.queries.history import actuals_in, last_known_year
from planning.forecasts.queries.planners import all_planners_in
from planning.forecasts.queries.report import is_reported
from planning.forecasts.workflow import FORECAST
from planning.projects.models import Metric
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.sentences import Sentence, StrOrPromise, interpolate, typed
from sop_portal.foundation.workflow.preview import PreviewRow, PreviewTable, Reader, StepPreview, table


@FORECAST.preview("submit", "accept", "send-back", "withdraw")
def forecast(record: Forecast, reader: Reader) -> StepPreview:
    """The department's sums with their change, and its projects line by line."""
    lines = lines_of(record)
    tables = [_planned(record, [line for line in lines if line.is_planned])]
    left_out = [PreviewRow((typed(line.project), typed(line.why_not))) for line in lines if not line.is_planned]
    if left_out:
        tables.append(table(_("Not this year"), (_("Project"), _("Why not")), left_out))
    return StepPreview(_sums(record, lines), tables=tables, effects=_effects(record, reader))


def _sums(record: Forecast, lines: list[ForecastLine]) -> list[Tile]:
    planners, own = all_planners_in(record.cycle_id), [record.department_id]
    year = last_known_year(record.cycle.year, own, planners)
    before = actuals_in(year, own, planners).get(record.department_id, {})
    found = [{figure.metric: figure.figure for figure in line.figures.all()} for line in lines if line.is_planned]
    sums = {metric: total(figures.get(metric) for figures in found) for metric in METRICS}
    return [
        Tile(
            heading(metric, record.cycle.currency),
            formats.exact(sums[metric]),
            note=_on_last_year(formats.signed_percent(change(sums[metric], before.get(metric))), year),
        )
        for metric in METRICS
    ]


def _on_last_year(moved: str, year: int) -> str:
    if moved == formats.NOTHING:
        return _("%(year)s not known") % {"year": year}
    return _("%(change)s from %(year)s") % {"change": moved, "year": year}


def _planned(record: Forecast, lines: list[ForecastLine]) -> PreviewTable:
    heads = [_("Project"), *(heading(metric, record.cycle.currency) for metric in METRICS)]
    return table(_("Projects"), heads, [_row(record, line) for line in lines])


def _row(record: Forecast, line: ForecastLine) -> PreviewRow:
    figures = {figure.metric: figure for figure in line.figures.all()}
    cells = [formats.exact(figures[metric].figure) if metric in figures else formats.NOTHING for metric in METRICS]
    url = address("forecast-line", record.cycle.year, record.department.slug, line.project.slug)
    return PreviewRow((typed(line.project), *cells), formats.sentences(_overrides(line)), url)


def _overrides(line: ForecastLine) -> Iterator[Sentence]:
    """What a person typed over the proposal, with the reason."""
    for figure in line.figures.all():
        if figure.override is not None and figure.override != figure.proposal:
            words = {
                "measure": Metric(figure.metric).label,
                "figure": formats.exact(figure.override),
                "proposal": formats.exact(figure.proposal),
                "reason": typed(figure.reason),
            }
            yield interpolate(_("%(measure)s: %(figure)s instead of %(proposal)s, “%(reason)s”"), words)


def _effects(record: Forecast, reader: Reader) -> list[StrOrPromise]:
    name, is_late = reader.step, is_reported(record.cycle)
    due = formats.day_of_year(record.due_on)
    if name == "accept" and is_late:
        return [_("The demand report is published already: the department gets its request now, with two weeks.")]
    if name == "waive":
        return [_("The demand report shows the department as a gap.")]
    if name in ("send-back", "withdraw"):
        return [
            _("Until it is submitted again the department is missing in the demand report; it is due %(day)s.")
            % {"day": due}
        ]
    return []
