"""The page of a year: its windows along the months, what it waits for, and where every department stands."""

from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.pages.preview import days_off_between, spans
from planning.cycles.queries import in_year, years_shown
from planning.cycles.workflow import CYCLE
from planning.forecasts.workflow import FORECAST
from planning.models import Cycle, Extension, Forecast, Project, Stage, StageWindow
from sop_portal.dashboards.checks.readiness import publishing_checklist
from sop_portal.dashboards.queries.matrix import headings, matrix, needs_attention
from sop_portal.dashboards.queries.reports import open_reports
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import Caption, Lane, timeline
from sop_portal.foundation.kit.charts.timeline import Timeline
from sop_portal.foundation.kit.components import Button, MatrixRow, NextBox
from sop_portal.foundation.kit.filters import BESIDE, one_of, refuse_unknown
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import working_days
from sop_portal.foundation.workflow.offers import offers
from sop_portal.foundation.workflow.views import step_view

LISTS = {
    Stage.FORECAST: "forecasts",
    Stage.REQUEST: "requests",
    Stage.BUDGET: "budget-latest",
    Stage.EXECUTION: "progress",
    Stage.EVALUATION: "evaluations",
}
# Some weeks beyond the last planning deadline, so that execution is seen to come.
BEYOND_PLANNING = timedelta(days=60)
# What is left to do in a year whose plan was approved elsewhere.
RUN = (Stage.EXECUTION, Stage.EVALUATION)
MOST_NAMED, MOST_EXTENSIONS = 4, 20


def cycle_of(request: Request, year: int) -> Cycle:
    """The year, if the person may see it."""
    return in_year(years_shown(request), year)


cycle_step = step_view(CYCLE, cycle_of)


@page(Can.SEE_RECORDS)
def cycle(request: Request, year: int) -> HttpResponse:
    """The year: timeline and matrix."""
    found = cycle_of(request, year)
    refuse_unknown(request.GET, "months", "show", *BESIDE)
    rows = matrix(found, request.actor, open_reports(found, request.today))
    months = one_of(request.GET, "months", ("planning", "all"))
    months = months or ("planning" if is_planned(found, request.today) else "all")
    context = {
        "cycle": found,
        "record": found,
        "tone": CYCLE.tones[found.state],
        "next": cycle_box(found, rows, request.actor, request.moment),
        "timeline": timeline_of(found, rows, request.today, whole=months == "all"),
        "is_whole": months == "all",
        **matrix_shown(request, rows),
        "projects": Project.objects.filter(cycle_id=found.pk).visible_to(request.actor).count(),
        "extensions": extensions_shown(found, request.actor),
    }
    return render(request, "dashboards/cycle.html", context)


def matrix_shown(request: Request, rows: list[MatrixRow]) -> dict[str, Any]:
    """One page of the matrix: all departments, or only those in which somebody has to act."""
    needing = needs_attention(rows)
    list_page = paginate_list(needing if one_of(request.GET, "show", ("open",)) else rows, request.GET)
    return {
        "stage_heads": headings_with_counts(rows),
        "rows": list_page.rows,
        "turned": list_page,
        "count": len(rows),
        "needing": len(needing),
    }


def extensions_shown(cycle: Cycle, actor: Actor) -> list[Extension]:
    """Who has more time in a stage, as far as the person may see it."""
    visible = cycle.extensions.visible_to(actor).select_related("department", "granted_by")
    return list(visible[:MOST_EXTENSIONS])


def timeline_of(cycle: Cycle, rows: list[MatrixRow], on: date, *, whole: bool) -> Timeline:
    """The timeline: the planning months, or the whole cycle."""
    windows = {window.stage: window for window in cycle.windows.all()}
    from_on = min([window.opens_on for window in windows.values()], default=cycle.starts_on)
    lanes = [
        Lane(
            str(stage.label),
            note_of(index, rows, windows.get(stage), from_on),
            spans(windows.get(stage), from_on),
            address(LISTS[stage], cycle.year),
        )
        for index, stage in enumerate(Stage)
    ]
    last = max([window.grace_until for window in windows.values()], default=cycle.ends_on)
    planned = windows[Stage.BUDGET].grace_until if Stage.BUDGET in windows else cycle.ends_on
    to_on = last if whole else planned + BEYOND_PLANNING
    summary = _("Windows of the five stages with their deadlines and today")
    off = days_off_between(working_days(), from_on, to_on)
    # Where the plan was approved elsewhere, nobody forecasts, asks for resources or compiles.
    worked_in = {stage: window for stage, window in windows.items() if not cycle.is_plan_outside or stage in RUN}
    caption = Caption(headline(worked_in, on), summary)
    return timeline(lanes, caption, from_on=from_on, to_on=to_on, today=on, off=off)


def is_planned(cycle: Cycle, on: date) -> bool:
    """Whether the year is still being planned, so that its planning months are what one looks for."""
    planned = next((w.grace_until for w in cycle.windows.all() if w.stage == Stage.BUDGET), cycle.starts_on)
    return on <= planned + BEYOND_PLANNING


def note_of(index: int, rows: list[MatrixRow], window: StageWindow | None, from_on: date | None = None) -> str:
    """ "11 of 12 settled", or when it starts."""
    cells = [row.cells[index] for row in rows]
    begun = [cell for cell in cells if cell.label]
    if begun:
        done = sum(cell.is_done for cell in begun)
        return _("%(done)s of %(all)s settled") % {"done": done, "all": len(begun)}
    return _("from %(day)s") % {"day": formats.day_short(window.opens_on, from_on)} if window else _("no dates yet")


def headings_with_counts(rows: list[MatrixRow]) -> list[tuple[str, str]]:
    """The column headings of the matrix, each with how many departments are through."""
    return [
        (heading, note_of(index, rows, None) if any(row.cells[index].label for row in rows) else "")
        for index, heading in enumerate(headings())
    ]


def headline(windows: dict[str, StageWindow], on: date) -> str:
    """What the timeline says, as its title: "The budget window is open for 26 more days"."""
    for stage in (Stage.FORECAST, Stage.REQUEST, Stage.BUDGET, Stage.EXECUTION):
        window = windows.get(stage)
        if window and window.opens_on <= on <= window.due_on:
            days = (window.due_on - on).days
            words = ngettext("%(stage)s: open for %(days)s more day", "%(stage)s: open for %(days)s more days", days)
            return words % {"stage": stage.label, "days": days}
    ahead = [(windows[stage].opens_on, stage) for stage in Stage if stage in windows and windows[stage].opens_on > on]
    if ahead:
        opens_on, stage = min(ahead, key=itemgetter(0))
        return _("%(stage)s opens on %(day)s") % {"stage": stage.label, "day": formats.day(opens_on, on)}
    return _("All windows of this year are over")


def cycle_box(cycle: Cycle, rows: list[MatrixRow], actor: Actor, at: datetime) -> NextBox:
    """What the year waits for, and for those who may not act, who can."""
    mine = [offer for offer in offers(CYCLE, cycle, actor, at) if offer.is_yours]
    buttons = [
        Button(
            offer.step.label,
            offer.url,
            is_primary=offer.step.awaited,
            is_disabled=not offer.is_possible,
            why=offer.why,
        )
        for offer in mine
    ]
    if cycle.state == "draft":
        missing = publishing_checklist(cycle, actor.on) if mine else []
        who = _what_publishing_opens(cycle) if mine else who_publishes(actor)
        title = _("Publish the year when this list is in order")
        return NextBox(title, who, "" if mine else "wait", "", "", missing, buttons)
    if cycle.state == "closed":
        return NextBox(_("This year is closed"), _("It can be read, not changed."), "done")
    return _under_way(cycle, rows, actor, buttons)


def _what_publishing_opens(cycle: Cycle) -> str:
    if cycle.is_plan_outside:
        return _("Then the plan can be confirmed; nobody owes a forecast.")
    return _("Then every active department owes a forecast.")


def _under_way(cycle: Cycle, rows: list[MatrixRow], actor: Actor, buttons: list[Button]) -> NextBox:
    """What matters today: what this person decides, who is late, what was sent back, or that all is well."""
    late, back, waiting = (departments_with(rows, tone) for tone in ("late", "back", "sent"))
    submitted = Forecast.objects.filter(cycle_id=cycle.pk, state__in=FORECAST["accept"].sources).count()
    if submitted and actor.may(Can.REVIEW_FORECAST):
        title = ngettext("%(n)s forecast waits for your decision", "%(n)s forecasts wait for your decision", submitted)
        url = f"{address('forecasts', cycle.year)}?state=submitted"
        decide = [Button(_("Open forecasts"), url, is_primary=True), *buttons]
        return NextBox(title % {"n": submitted}, _behind(late, back), buttons=decide)
    if late:
        title = ngettext("%(n)s department is late", "%(n)s departments are late", len(late)) % {"n": len(late)}
        return NextBox(title, first_names(late), "wait", "clock", buttons=buttons)
    if back:
        title = ngettext("%(n)s department has to correct", "%(n)s departments have to correct", len(back))
        corrected = interpolate(_("Sent back: %(names)s."), {"names": first_names(back)})
        return NextBox(title % {"n": len(back)}, corrected, "wait", buttons=buttons)
    text = _("Nothing is overdue today.")
    if waiting:
        text = interpolate(_("Waits for a decision: %(names)s."), {"names": first_names(waiting)})
    return NextBox(_("Every department is on time"), text, "wait", "check-lg", buttons=buttons)


def _behind(late: list[str], back: list[str]) -> str:
    lines = [interpolate(_("Late: %(names)s."), {"names": first_names(late)})] if late else []
    corrected = interpolate(_("Sent back: %(names)s."), {"names": first_names(back)}) if back else ""
    return formats.sentences([*lines, corrected])


def departments_with(rows: list[MatrixRow], tone: str) -> list[str]:
    """The departments of which a cell has this tone."""
    return [row.department for row in rows if any(cell.tone == tone for cell in row.cells)]


def first_names(departments: list[str]) -> str:
    """The first of them by name."""
    shown = formats.listed(typed(name) for name in departments[:MOST_NAMED])
    return interpolate("%(names)s …", {"names": shown}) if len(departments) > MOST_NAMED else shown


def who_publishes(actor: Actor) -> str:
    """Who can publish the year."""
    names = formats.listed(people_who_can(Can.RUN_CYCLE, None, actor.on)[:3])
    return interpolate(_("%(names)s can publish it."), {"names": names or _("Nobody")})
