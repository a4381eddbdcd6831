"""Re-exports: each stage keeps its own models."""

from evaluations.feedback.models import AnswerMark, Feedback, StageAnswers
from evaluations.improvements.models import Measure
from evaluations.meetings.models import AgendaPoint, Attendance, Meeting, MeetingSeries
from evaluations.proposals.models import ChangeProposal
from evaluations.reports.models import CountCorrection, Issue, ProgressReport
from evaluations.reviews.models import Evaluation, Goal, Lesson
from evaluations.training.models import Trainee, TrainingNeed, TrainingSession

__all__ = [
    "AgendaPoint",
    "AnswerMark",
    "Attendance",
    "ChangeProposal",
    "CountCorrection",
    "Evaluation",
    "Feedback",
    "Goal",
    "Issue",
    "Lesson",
    "Measure",
    "Meeting",
    "MeetingSeries",
    "ProgressReport",
    "StageAnswers",
    "Trainee",
    "TrainingNeed",
    "TrainingSession",
]
