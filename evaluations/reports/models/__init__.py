"""Stage 4: monthly progress reports with what was corrected in them, and issues that come up on the way."""

from evaluations.reports.models.correction import COUNTERS, CountCorrection
from evaluations.reports.models.report import STOPPED, Issue, ProgressReport

__all__ = [
    "COUNTERS",
    "STOPPED",
    "CountCorrection",
    "Issue",
    "ProgressReport",
]
