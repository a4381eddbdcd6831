"""The geometry of every chart: figures in, places out; the markup lives in templates/components/charts."""

from sop_portal.foundation.kit.charts.bars import Miss, Whole, bias_chart, capacity_bar, progress_bar, stack_chart
from sop_portal.foundation.kit.charts.flow import Amount, flow_chart
from sop_portal.foundation.kit.charts.lines import LinePoint, YearAhead, line_chart
from sop_portal.foundation.kit.charts.pace import PaceSums, pace_chart
from sop_portal.foundation.kit.charts.row_bars import RowBar, longest, row_bar
from sop_portal.foundation.kit.charts.scale import Caption
from sop_portal.foundation.kit.charts.sparklines import sparkline
from sop_portal.foundation.kit.charts.timeline import Lane, Phase, WindowSpan, phase_of, timeline

__all__ = [
    "Amount",
    "Caption",
    "Lane",
    "LinePoint",
    "Miss",
    "PaceSums",
    "Phase",
    "RowBar",
    "Whole",
    "WindowSpan",
    "YearAhead",
    "bias_chart",
    "capacity_bar",
    "flow_chart",
    "line_chart",
    "longest",
    "pace_chart",
    "phase_of",
    "progress_bar",
    "row_bar",
    "sparkline",
    "stack_chart",
    "timeline",
]
