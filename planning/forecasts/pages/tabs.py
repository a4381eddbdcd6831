"""The projects of a forecast as tabs: whether each is complete, to correct, or not planned."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.forecasts.models import Forecast, ForecastLine
from planning.forecasts.workflow import is_complete
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.templatetags.icons import icon


@dataclass(frozen=True)
class Tab:
    """One project with the icon and the words of its state."""

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
        """The reason why the project is not planned."""
        return self.line.why_not

    @property
    def mark(self) -> SafeString:
        """The icon of its state."""
        return icon(self.icon, self.tone)


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
