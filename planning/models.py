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
from planning.projects.models import Actual, Hindsight, HistoryImport, Metric, Project, ProjectName, ReplacedActual
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest

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
    "Metric",
    "Pool",
    "Project",
    "ProjectName",
    "ReplacedActual",
    "ReportGap",
    "ReportLine",
    "ReportNeed",
    "ReportSum",
    "RequestLine",
    "ResourceKind",
    "ResourceRequest",
    "Stage",
    "StageWindow",
]
