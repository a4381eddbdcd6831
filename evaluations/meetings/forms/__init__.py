"""What is typed about a review meeting: when and where, who came, what was said and decided."""

from evaluations.meetings.forms.calling import CallForm, SeriesForm
from evaluations.meetings.forms.minutes import MinutesForm
from evaluations.meetings.forms.points import MeetingActionForm, PointForm, RaisePointForm, SeatReplyForm

__all__ = ["CallForm", "MeetingActionForm", "MinutesForm", "PointForm", "RaisePointForm", "SeatReplyForm", "SeriesForm"]
