"""The projects a person leads, drawn from the totals each project keeps: no query per project."""

from datetime import date

from django.utils.translation import gettext as _

from planning.models import Cycle, Project
from sop_portal.dashboards.figures import elapsed, percentage
from sop_portal.dashboards.pages.my_work.blocks import Panel, YearComparison
from sop_portal.dashboards.pages.project.addresses import forecast_url, lines_url, request_url
from sop_portal.dashboards.pages.project.rail import execution_stage
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import RailStage
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Role

MOST_RAILS = 5


def led_by(actor: Actor, cycle: Cycle) -> list[Project]:
    """The projects this person leads."""
    found = Project.objects.filter(cycle_id=cycle.pk, lead=actor.user).select_related("cycle", "department")
    return list(found.order_by("name")[:MOST_RAILS])


def led_projects_panel(actor: Actor, cycle: Cycle) -> Panel:
    """My projects: money spent against the budget, participants against the plan."""
    has_begun, time = actor.on >= cycle.starts_on, formats.percent(elapsed(cycle.starts_on, cycle.ends_on, actor.on))
    rows: list[tuple[str, str, str]] = [
        (
            typed(project.name),
            formats.percent(percentage(project.spent, project.budgeted) if has_begun else None),
            formats.percent(
                percentage(project.participants_reached, project.participants_planned) if has_begun else None
            ),
        )
        for project in led_by(actor, cycle)
    ]
    if not rows:
        return Panel(_("Plan against actual"), note=_("You lead no project this year."))
    heads = (_("My projects"), _("Money"), _("Participants"))
    note = _("Of the plan of %(year)s; %(time)s of the time is over.") % {"year": cycle.year, "time": time}
    if not has_begun:
        note = _("Execution begins on %(day)s") % {"day": formats.day_long(cycle.starts_on)}
    return Panel(_("Plan against actual"), figures=YearComparison(heads, rows), note=note)


def rails(actor: Actor, cycle: Cycle | None) -> list[tuple[Project, list[RailStage]]]:
    """The rail of each project a person leads."""
    if cycle is None or Role.LEAD not in actor.roles:
        return []
    return [(project, rail_of(project, actor.on)) for project in led_by(actor, cycle)]


def rail_of(project: Project, on: date) -> list[RailStage]:
    """Five segments with their figures."""
    return [*planning_stages(project), execution_stage(project, on), achievement_stage(project)]


def planning_stages(project: Project) -> list[RailStage]:
    """What is needed, asked for, granted and budgeted."""
    is_approved, money = project.budget_approved_at is not None, formats.money
    return [
        RailStage(
            _("Forecast"),
            forecast_url(project),
            [(_("needed"), money(project.needed))],
            is_past=project.asked > 0,
            is_now=not project.asked,
        ),
        RailStage(
            _("Resources"),
            request_url(project) if project.asked else "",
            [(_("asked"), money(project.asked or None)), (_("granted"), money(project.granted or None))],
            is_past=project.granted > 0,
            is_now=project.asked > 0 and not project.granted,
        ),
        RailStage(
            _("Budget"),
            lines_url(project) if is_approved else "",
            [(_("budgeted"), money(project.budgeted if is_approved else None))],
            is_past=is_approved,
        ),
    ]


def achievement_stage(project: Project) -> RailStage:
    """How many of the participants it reached."""
    reached = formats.percent(percentage(project.participants_reached, project.participants_planned))
    return RailStage(_("Evaluation"), "", [(_("of the participants"), reached)], is_past=project.state == "evaluated")
