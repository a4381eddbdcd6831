"""The windows of a year as rows of a page, and what else moves when one of them does. Nothing here writes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from planning.cycles.calendar import WindowDates, window_state
from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from planning.cycles.windows import dates_of
from sop_portal.foundation.kit.formats import day_of_year


@dataclass(frozen=True)
class WindowRow:
    """The dates of a stage and how it stands today."""

    stage: Stage
    dates: StageWindow | None
    tone: str
    label: str
    was_moved: bool


def rows(cycle: Cycle, on: date) -> list[WindowRow]:
    """The five windows in order, with or without dates."""
    return [_row(stage, dates_of(cycle, stage), on) for stage in Stage]


def _row(stage: Stage, dates: StageWindow | None, on: date) -> WindowRow:
    if dates is None:
        return WindowRow(stage, None, "no", _("No dates yet"), False)
    state = window_state(WindowDates(dates.opens_on, dates.due_on, dates.grace_until), None, on)
    words = {
        "scheduled": _("Scheduled"),
        "open": pgettext("window", "Open"),
        "grace": _("Late work only"),
        "closed": _("Closed"),
    }
    tones = {"scheduled": "draft", "open": "sent", "grace": "back", "closed": "shut"}
    return WindowRow(stage, dates, tones[state], words[state], dates.due_on != dates.first_due_on)


def extensions(cycle: Cycle) -> list[tuple[Extension, Stage]]:
    """Who got more time, the latest first; everybody can see it."""
    granted = sorted(cycle.extensions.all(), key=lambda extension: extension.granted_at, reverse=True)
    return [(extension, Stage(extension.stage)) for extension in granted]


def consequences(cycle: Cycle, stage: str, typed: dict[str, Any], on: date) -> list[str]:
    """What else moves with a window, in sentences, to be read before it is moved."""
    dates = dates_of(cycle, stage)
    if dates is None:
        return []
    old, new = dates.due_on, typed["due_on"]
    found = [
        text % {"old": day_of_year(getattr(dates, name)), "new": day_of_year(typed[name])}
        for name, text in (
            ("opens_on", _("Opens: %(old)s becomes %(new)s.")),
            ("due_on", _("Due: %(old)s becomes %(new)s.")),
            ("grace_until", _("Late work accepted until: %(old)s becomes %(new)s.")),
        )
        if getattr(dates, name) != typed[name]
    ]
    if old != new:
        text = _("Lateness is still counted from %(day)s, the day first set.")
        found.append(text % {"day": day_of_year(dates.first_due_on)})
    found += _over(dates, typed, on)
    swallowed = sum(e.stage == stage and e.until_on <= new for e in cycle.extensions.all())
    if swallowed:
        text = ngettext("%(n)s extension does not end after it.", "%(n)s extensions do not end after it.", swallowed)
        found.append(text % {"n": swallowed})
    return found + _overlaps(cycle, stage, new)


def _over(dates: StageWindow, typed: dict[str, Any], on: date) -> list[str]:
    """What a day in the past means for those who have not submitted."""
    due_on, last = typed["due_on"], typed["grace_until"]
    if last < on and last != dates.grace_until:
        text = _("%(day)s has passed: from now on nobody can submit without an extension.")
        return [text % {"day": day_of_year(last)}]
    if due_on < on and due_on != dates.due_on:
        return [_("%(day)s has passed: whoever has not submitted is late at once.") % {"day": day_of_year(due_on)}]
    return []


def _overlaps(cycle: Cycle, stage: str, due_on: date) -> list[str]:
    later = list(Stage)[list(Stage).index(Stage(stage)) + 1 :]
    begun = [(s, dates) for s in later if (dates := dates_of(cycle, s)) and dates.opens_on <= due_on]
    text = _("“%(stage)s” opens on %(day)s, before this is due. It does not move by itself.")
    # The budget is drafted beside the requests, and evaluations are written while projects run: that is no clash.
    return [
        text % {"stage": s.label, "day": day_of_year(dates.opens_on)}
        for s, dates in begun
        if (stage, s) not in {(Stage.REQUEST, Stage.BUDGET), (Stage.EXECUTION, Stage.EVALUATION)}
    ]
