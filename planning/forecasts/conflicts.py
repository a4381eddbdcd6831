"""Two people wrote in the same project: what to keep, theirs or mine, field by field. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from planning.forecasts.figures import METRICS, Typed, parted, plain, settled
from planning.forecasts.forms import FiguresForm
from planning.forecasts.models import ForecastFigure, ForecastLine
from planning.forecasts.versions import changed_since, text_of
from planning.forecasts.workflow import FIELDS
from sop_portal.foundation.kit.components import ConflictRow, Pair


@dataclass(frozen=True)
class Merge:
    """What is left to decide, what would be written if nothing is, and what only the colleague changed."""

    rows: list[ConflictRow]
    typed: dict[str, Typed]
    taken: dict[str, str]


def merge(line: ForecastLine, form: FiguresForm, seen: int) -> Merge:
    """Lay mine beside theirs: what only one of us changed is taken, what both changed is asked."""
    figures = {figure.metric: figure for figure in line.figures.all()}
    typed = {m: settled(figures[m].proposal, said) for m, said in form.typed().items()}
    was = changed_since(line.forecast, line, seen)
    rows, taken = [], {}
    for name, before in was.items():
        metric, _dash, part = name.partition("-")
        if metric not in figures:
            continue
        mine, theirs = _said(typed[metric], figures[metric], part), text_of(figures, name)
        if before == mine != theirs:
            typed[metric] = _theirs(typed[metric], figures[metric], part)
            taken[name if name in form.fields else part] = theirs
        elif mine != theirs:
            rows.append(ConflictRow(FIELDS[name], name, _shown(mine, part), _shown(theirs, part), _shown(before, part)))
    return Merge(rows, typed, taken)


def _said(said: Typed, figure: ForecastFigure, part: str) -> str:
    if part:
        return str(getattr(said, part))
    return plain(figure.proposal if said.override is None else said.override)


def _theirs(said: Typed, figure: ForecastFigure, part: str) -> Typed:
    values = {"override": said.override, "source": said.source, "reason": said.reason}
    return Typed(**(values | {part or "override": getattr(figure, part or "override")}))


def _shown(text: str, part: str) -> Any:
    return ForecastFigure.Source(text).label if part == "source" and text else text


def chosen(posted: QueryDict, line: ForecastLine) -> Mapping[str, Any]:
    """The form as it was posted, with the words of the colleague where they are to be kept."""
    if not any(name.startswith("keep-") for name in posted):
        return posted
    figures = {figure.metric: figure for figure in line.figures.all()}
    data = posted.copy()
    for name in FIELDS:
        if posted.get(f"keep-{name}") == "theirs":
            data[name if name in posted else name.partition("-")[2]] = text_of(figures, name)
    return data


def same_in_both(line: ForecastLine, rows: list[ConflictRow]) -> list[Pair]:
    """The metrics nobody disputes, with what they are now."""
    disputed = {row.name.partition("-")[0] for row in rows}
    figures = {figure.metric: figure for figure in line.figures.all()}
    return [Pair(FIELDS[m], parted(figures[m].figure)) for m in METRICS if m not in disputed]
