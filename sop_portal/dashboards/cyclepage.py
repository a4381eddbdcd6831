"""The page of a year: its windows along the months, and where every department stands."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.models import Cycle, Forecast, Stage, StageWindow
from sop_portal.dashboards.queries import heads
from sop_portal.dashboards.readiness import checklist
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import Caption, Lane, WindowSpan, timeline
from sop_portal.foundation.kit.components import Button, MatrixRow, NextBox
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.offers import offers

PAGES = {
    "forecast": "forecasts", "request": "requests", "budget": "budget-latest", "execution": "progress",
    "evaluation": "evaluations",
}  # fmt: skip


def drawing(cycle: Cycle, rows: list[MatrixRow], on: date, *, whole: bool) -> Any:
    """The timeline: the planning months, or the whole cycle."""
    windows = {window.stage: window for window in cycle.windows.all()}
    lanes = [
        Lane(
            str(stage.label), note_of(index, rows, windows.get(stage)), spans(windows.get(stage)), page_of(cycle, stage)
        )
        for index, stage in enumerate(Stage)
    ]
    from_on = min([w.opens_on for w in windows.values()], default=cycle.starts_on)
    planned = max((w.grace_until for s, w in windows.items() if s == Stage.BUDGET), default=cycle.ends_on)
    to_on = max([w.grace_until for w in windows.values()], default=cycle.ends_on) if whole else after(planned)
    summary = _("Windows of the five stages with their deadlines and today")
    return timeline(lanes, Caption(headline(windows, on), summary), from_on=from_on, to_on=to_on, today=on)


def is_planned(cycle: Cycle, on: date) -> bool:
    """Whether the year is still being planned, so that its planning months are what one looks for."""
    planned = next((w.grace_until for w in cycle.windows.all() if w.stage == Stage.BUDGET), cycle.starts_on)
    return on <= after(planned)


def after(planned: date) -> date:
    """Some weeks beyond the last planning deadline, so that execution is seen to come."""
    return date.fromordinal(planned.toordinal() + 60)


def spans(window: StageWindow | None) -> tuple[WindowSpan, ...]:
    """One window as drawn, grace hatched behind the deadline."""
    if window is None:
        return ()
    text = _("%(from)s to %(to)s") % {
        "from": formats.day_short(window.opens_on),
        "to": formats.day_short(window.due_on),
    }
    grace = window.grace_until if window.grace_until > window.due_on else None
    words = _("grace to %(day)s") % {"day": formats.day_short(grace)} if grace else ""
    return (WindowSpan(window.opens_on, window.due_on, text, grace, words),)


def note_of(index: int, rows: list[MatrixRow], window: StageWindow | None) -> str:
    """ "11 of 12 settled", or when it starts."""
    cells = [row.cells[index] for row in rows]
    begun = [cell for cell in cells if cell.label]
    if begun:
        done = sum(cell.is_done for cell in begun)
        return _("%(done)s of %(all)s settled") % {"done": done, "all": len(begun)}
    return _("from %(day)s") % {"day": formats.day_short(window.opens_on)} if window else _("no dates yet")


def page_of(cycle: Cycle, stage: str) -> str:
    """Where a stage's records are listed."""
    return reverse(PAGES[stage], args=[cycle.year])


def headline(windows: dict[str, StageWindow], on: date) -> str:
    """The finding as title: "The budget window is open for 26 more days"."""
    for stage in (Stage.FORECAST, Stage.REQUEST, Stage.BUDGET, Stage.EXECUTION):
        window = windows.get(stage)
        if window and window.opens_on <= on <= window.due_on:
            days = (window.due_on - on).days
            return ngettext("%(stage)s: open for %(days)s more day", "%(stage)s: open for %(days)s more days", days) % {
                "stage": stage.label,
                "days": days,
            }
    ahead = sorted((w.opens_on, s) for s, w in windows.items() if w.opens_on > on)
    if ahead:
        opens_on, stage_slug = ahead[0]
        return _("%(stage)s opens on %(day)s") % {"stage": Stage(stage_slug).label, "day": formats.day(opens_on)}
    return _("All windows of this year are over")


def next_of(cycle: Cycle, workflow: Any, rows: list[MatrixRow], actor: Actor, at: Any) -> NextBox:
    """What the year waits for, and for those who may not act, who can."""
    mine = [o for o in offers(workflow, cycle, actor, at) if o.is_yours]
    buttons = [
        Button(o.step.label, o.url, is_primary=o.step.awaited, is_disabled=not o.is_possible, why=o.why) for o in mine
    ]
    if cycle.state == "draft":
        missing = checklist(cycle, actor.on) if mine else []
        who = _("Then every active department owes a forecast.") if mine else who_publishes(actor)
        title = _("Publish the year when this list is in order")
        return NextBox(title, who, "" if mine else "wait", "", "", missing, buttons)
    if cycle.state == "closed":
        return NextBox(_("This year is closed"), _("It can be read, not changed."), "done")
    return _under_way(cycle, rows, actor, buttons)


def _under_way(cycle: Cycle, rows: list[MatrixRow], actor: Actor, buttons: list[Button]) -> NextBox:
    """What matters today: what this person decides, who is late, what was sent back, or that all is well."""
    late, back, open_now = _with(rows, "late"), _with(rows, "back"), _with(rows, "sent")
    waiting = Forecast.objects.filter(cycle_id=cycle.pk, state="submitted").count()
    if waiting and actor.may(Can.REVIEW_FORECAST):
        title = ngettext("%(n)s forecast waits for your decision", "%(n)s forecasts wait for your decision", waiting)
        to_decide = Button(_("Open forecasts"), f"{reverse('forecasts', args=[cycle.year])}?state=submitted", True)
        return NextBox(title % {"n": waiting}, _behind(late, back), "", "", "", (), [to_decide, *buttons])
    if late:
        title = ngettext("%(n)s department is late", "%(n)s departments are late", len(late)) % {"n": len(late)}
        return NextBox(title, named(late), "wait", "clock", "", (), buttons)
    if back:
        title = ngettext("%(n)s department has to correct", "%(n)s departments have to correct", len(back))
        return NextBox(
            title % {"n": len(back)},
            interpolate(_("Sent back: %(names)s."), {"names": named(back)}),
            "wait",
            "",
            "",
            (),
            buttons,
        )
    text = (
        interpolate(_("Waits for a decision: %(names)s."), {"names": named(open_now)})
        if open_now
        else _("Nothing is overdue today.")
    )
    return NextBox(_("Every department is on time"), text, "wait", "check-lg", "", (), buttons)


def _behind(late: list[str], back: list[str]) -> str:
    said = [interpolate(_("Late: %(names)s."), {"names": named(late)})] if late else []
    corrected = interpolate(_("Sent back: %(names)s."), {"names": named(back)}) if back else ""
    return formats.sentences([*said, corrected])


def _with(rows: list[MatrixRow], tone: str) -> list[str]:
    return [row.department for row in rows if any(cell.tone == tone for cell in row.cells)]


def named(departments: list[str]) -> str:
    """The first of them by name."""
    shown = formats.listed(typed(name) for name in departments[:4])
    return interpolate("%(names)s …", {"names": shown}) if len(departments) > 4 else shown


def counted(rows: list[MatrixRow]) -> list[tuple[str, str]]:
    """The heads of the matrix, each with how many departments are through."""
    notes = [
        note_of(index, rows, None) if any(row.cells[index].label for row in rows) else ""
        for index in range(len(heads()))
    ]
    return list(zip(heads(), notes, strict=True))


def who_publishes(actor: Actor) -> str:
    """Who can publish the year."""
    names = formats.listed(people_who_can(Can.RUN_CYCLE, None, actor.on)[:3])
    return _("%(names)s can publish it.") % {"names": names or _("Nobody")}
