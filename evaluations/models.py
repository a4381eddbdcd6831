"""Re-exports: each stage keeps its own models."""

from evaluations.feedback.models import Feedback
from evaluations.improvements.models import Measure
from evaluations.meetings.models import AgendaPoint, Attendance, Meeting
from evaluations.reports.models import Issue, ProgressReport
from evaluations.reviews.models import Evaluation, Goal, Lesson

__all__ = [
    "AgendaPoint",
    "Attendance",
    "Evaluation",
    "Feedback",
    "Goal",
    "Issue",
    "Lesson",
    "Measure",
    "Meeting",
    "ProgressReport",
]
