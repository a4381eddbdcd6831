"""Stage 1: what every department forecasts, and the unified demand report made of it."""

from planning.forecasts.models.forecast import Forecast, ForecastFigure, ForecastLine
from planning.forecasts.models.report import DemandReport, ReportGap, ReportLine, ReportNeed, ReportSum

__all__ = [
    "DemandReport",
    "Forecast",
    "ForecastFigure",
    "ForecastLine",
    "ReportGap",
    "ReportLine",
    "ReportNeed",
    "ReportSum",
]
