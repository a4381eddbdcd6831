"""Re-exports: each stage keeps its own models."""

from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from planning.extensions.models import ExtensionRequest
from planning.forecasts.models import (
    DemandReport,
    Forecast,
    ForecastFigure,
    ForecastLine,
    ReportGap,
    ReportLine,
    ReportNeed,
    ReportSum,
)
from planning.projects.models import Actual, Hindsight, HistoryImport, Measure, Project
from planning.requests.models import Kind, Pool, RequestLine, ResourceRequest

__all__ = [
    "Actual",
    "Cycle",
    "DemandReport",
    "Extension",
    "ExtensionRequest",
    "Forecast",
    "ForecastFigure",
    "ForecastLine",
    "Hindsight",
    "HistoryImport",
    "Kind",
    "Measure",
    "Pool",
    "Project",
    "ReportGap",
    "ReportLine",
    "ReportNeed",
    "ReportSum",
    "RequestLine",
    "ResourceRequest",
    "Stage",
    "StageWindow",
]
