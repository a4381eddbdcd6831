"""What people do about review meetings: call and move them, reply, keep the agenda and the minutes, confirm them."""

from evaluations.meetings.actions.agenda import (
    PointTerms,
    add_point,
    agenda_to_come,
    drop_point,
    follow_open_matters,
    order_point,
    raise_point,
    take_up,
)
from evaluations.meetings.actions.calling import MeetingTerms, call, call_planned, cancel, move, seat_newcomer
from evaluations.meetings.actions.minutes import confirm, correct, hold, minute, note_attendance, note_teams, send
from evaluations.meetings.actions.replies import reply
from evaluations.meetings.actions.series import SeriesTerms, change_series, end_series, plan_series

__all__ = [
    "MeetingTerms",
    "PointTerms",
    "SeriesTerms",
    "add_point",
    "agenda_to_come",
    "call",
    "call_planned",
    "cancel",
    "change_series",
    "confirm",
    "correct",
    "drop_point",
    "end_series",
    "follow_open_matters",
    "hold",
    "minute",
    "move",
    "note_attendance",
    "note_teams",
    "order_point",
    "plan_series",
    "raise_point",
    "reply",
    "seat_newcomer",
    "send",
    "take_up",
]
