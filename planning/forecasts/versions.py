"""Two people, one line: whether somebody saved in between, and what became of it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from planning.forecasts.figures import Typed, plain
from planning.forecasts.models import Forecast, ForecastFigure, ForecastLine
from planning.forecasts.workflow import FIELDS
from sop_portal.foundation.kit.refusals import Changed, Difference
from sop_portal.foundation.trail.models import Entry


def changed_since(forecast: Forecast, line: ForecastLine, seen: int) -> dict[str, str]:
    """The fields of a line that somebody changed after the version a person saw, with what they were then."""
    first: dict[str, str] = {}
    later = Entry.objects.of("forecast", forecast.pk).filter(version__gt=seen).order_by("position")
    for change in (change for entry in later for change in entry.changes):
        if change["where"] == str(line.project):
            first.setdefault(change["field"], change["old"])
    return first


def refuse_if_changed(
    forecast: Forecast, line: ForecastLine, figures: Mapping[str, ForecastFigure], kept: Mapping[str, Typed], seen: int
) -> None:
    """Refuse to write over what a colleague saved in this line; another line, or the same words, is no conflict."""
    if forecast.version == seen or all(_is_there(figures[metric], said) for metric, said in kept.items()):
        return
    was = changed_since(forecast, line, seen)
    if was:
        raise Changed(
            _("This project changed since you opened it, so nothing was saved."),
            [Difference(str(FIELDS.get(name, name)), old, text_of(figures, name)) for name, old in was.items()],
            _("Look at the difference, then save again."),
        )


def _is_there(figure: ForecastFigure, said: Typed) -> bool:
    return (figure.override, figure.source, figure.reason) == (said.override, said.source, said.reason)


def text_of(figures: Mapping[str, ForecastFigure], name: str) -> str:
    """The value a field has now, as it stands in the trail."""
    metric, _dash, part = name.partition("-")
    if metric not in figures:
        return ""
    return str(getattr(figures[metric], part)) if part else plain(figures[metric].figure)
