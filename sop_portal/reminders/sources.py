"""Whose deadlines are swept: one function per stage, in the order of the year."""

from collections.abc import Collection, Iterator
from datetime import datetime

from budgets.audits import deadlines as audits
from budgets.drafting import deadlines as drafting
from budgets.spending import deadlines as spending
from evaluations.feedback import deadlines as feedback
from evaluations.improvements import deadlines as improvements
from evaluations.meetings import deadlines as meetings
from evaluations.reports import deadlines as reports
from evaluations.reviews import deadlines as reviews
from planning.extensions import deadlines as extensions
from planning.forecasts import deadlines as forecasts
from planning.requests import deadlines as requests
from sop_portal.foundation.workflow.owed import Owed, Owing

SOURCES: tuple[Owing, ...] = (
    extensions.owed,
    forecasts.owed,
    requests.owed,
    drafting.owed,
    audits.owed,
    spending.owed,
    reports.owed,
    reviews.owed,
    improvements.owed,
    feedback.owed,
    meetings.owed,
)


def everything_owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """What all stages say is owed at a moment, or begins within so many days."""
    for owed in SOURCES:
        yield from owed(at, ahead=ahead, departments=departments)
