"""A year as a timeline before it is set up: its windows as bars, days off marked, nothing written."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from planning.cycles.actions import YearPlan, planned_windows, windows_of_plan
from planning.cycles.models import Cycle, Stage, StageWindow
from planning.cycles.pages.days_off import point_out
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import Caption, Lane, WindowSpan, timeline
from sop_portal.foundation.kit.charts.timeline import Timeline
from sop_portal.foundation.organisation.working_days import WorkingDays, moved_words, working_days

# Beyond so many days weekends are too narrow to be seen; holidays are marked all the same.
WEEKENDS_SHOWN = 460


@dataclass(frozen=True)
class YearPreview:
    """The timeline of a year that is not set up yet, and its deadlines on days off, stage by stage."""

    timeline: Timeline
    days_off: list[tuple[str, str]]


def preview_of(year: int, plan: YearPlan, on: date) -> YearPreview:
    """What the year will look like."""
    days, named = working_days(), windows_of_plan(year, plan)
    cycle = Cycle(year=year, moves_to_working_day=plan.moves_to_working_day)
    windows = planned_windows(cycle, named)
    first = min(window.opens_on for window in windows)
    last = max(window.grace_until for window in windows)
    lanes = [lane_of(window, first) for window in windows]
    caption = Caption(_("The year as it will be"), _("Windows of the five stages with their deadlines and today"))
    chart = timeline(lanes, caption, from_on=first, to_on=last, today=on, off=days_off_between(days, first, last))
    said = [
        (str(stage.label), sentence)
        for stage, dates in named.items()
        for sentence in point_out(stage, dates, days, moves=plan.moves_to_working_day)
    ]
    return YearPreview(chart, said)


def lane_of(window: StageWindow, first: date) -> Lane:
    """One stage of the timeline."""
    return Lane(str(Stage(window.stage).label), "", spans(window, first))


def spans(window: StageWindow | None, from_on: date) -> tuple[WindowSpan, ...]:
    """One window of a timeline from this day on, grace hatched behind the deadline; later years are named."""
    if window is None:
        return ()
    text = _("%(from)s to %(to)s") % {
        "from": formats.day_short(window.opens_on, from_on),
        "to": formats.day_short(window.due_on, from_on),
    }
    grace = window.grace_until if window.grace_until > window.due_on else None
    words = _("grace to %(day)s") % {"day": formats.day_short(grace, from_on)} if grace else ""
    return (WindowSpan(window.opens_on, window.due_on, text, grace, words, said=moved_words(window.moved_from)),)


def days_off_between(days: WorkingDays, first: date, last: date) -> list[date]:
    """The days off to mark on a timeline: all of a short one, the holidays of a long one."""
    if (last - first).days <= WEEKENDS_SHOWN:
        every = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        return [on for on in every if days.is_off(on)]
    return [on for on in sorted(days.special) if first <= on <= last and days.is_off(on)]
