"""The projects a person leads, drawn from the totals each project keeps: no query per project."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.spending.figures import planned_evenly, planned_share
from budgets.spending.queries import year_facts
from evaluations.models import ProgressReport
from planning.models import Cycle, Project
from sop_portal.dashboards.figures import percentage
from sop_portal.dashboards.pages.my_work.blocks import Panel, YearComparison
from sop_portal.dashboards.pages.project.addresses import forecast_url, lines_url, request_url
from sop_portal.dashboards.pages.project.rail import execution_stage
from sop_portal.dashboards.queries.money import plans_of_projects
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import RailStage
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Role

MOST_RAILS = 5
NOTHING = formats.NOTHING


def led_by(actor: Actor, cycle: Cycle) -> list[Project]:
    """The projects this person leads."""
    found = Project.objects.filter(cycle_id=cycle.pk, lead=actor.user).select_related("cycle", "department")
    return list(found.order_by("name")[:MOST_RAILS])


def led_projects_panel(actor: Actor, cycle: Cycle) -> Panel:
    """My projects: money spent and participants reached of the whole plan, each beside what is planned by now."""
    projects = led_by(actor, cycle)
    if not projects:
        return Panel(_("Plan against actual"), note=_("You lead no project this year."))
    heads = (_("My projects"), _("Money"), _("Participants"))
    if actor.on < cycle.starts_on:
        note = _("Execution begins on %(day)s") % {"day": formats.day_long(cycle.starts_on)}
        empty: list[tuple[str, str, str]] = [(typed(project.name), NOTHING, NOTHING) for project in projects]
        return Panel(_("Plan against actual"), figures=YearComparison(heads, empty), note=note)
    plans = plans_of_projects(projects)
    note = _(
        "Of the plan of %(year)s; in brackets what is planned until the end of %(month)s (participants in even parts)."
    )
    words = {"year": cycle.year, "month": formats.month(min(actor.on, cycle.ends_on))}
    counted = counted_of(projects)
    rows = [row_of(project, plans.get(project.pk, []), actor.on, project.pk in counted) for project in projects]
    return Panel(_("Plan against actual"), figures=YearComparison(heads, rows), note=note % words)


def counted_of(projects: Sequence[Project]) -> set[int]:
    """The projects of which anything is counted: before the first report is accepted there is no figure, not zero."""
    accepted = ProgressReport.objects.filter(project__in=projects, state=ProgressReport.State.ACCEPTED).order_by()
    return set(accepted.values_list("project_id", flat=True))


def row_of(project: Project, quarters: Sequence[Decimal], on: date, is_counted: bool) -> tuple[str, str, str]:
    """A project with the share of its money and of its participants, and what is planned of both by now."""
    planned = planned_share(quarters, year_facts(project.cycle, on), on)
    whole = project.participants_planned
    reached = percentage(planned_evenly(whole, project.starts_on, project.ends_on, on), whole)
    return (
        typed(project.name),
        beside(percentage(project.spent, project.budgeted), planned),
        beside(percentage(project.participants_reached, whole) if is_counted else None, reached),
    )


def beside(part: Decimal | None, planned: Decimal | None) -> str:
    """ "58 % (95 %)"; without brackets where nothing is planned."""
    if part is None or planned is None:
        return formats.percent(part)
    return _("%(part)s (%(planned)s)") % {"part": formats.percent(part), "planned": formats.percent(planned)}


def rails(actor: Actor, cycle: Cycle | None) -> list[tuple[Project, list[RailStage]]]:
    """The rail of each project a person leads."""
    if cycle is None or Role.LEAD not in actor.roles:
        return []
    projects = led_by(actor, cycle)
    plans, counted = plans_of_projects(projects), counted_of(projects)
    return [
        (project, rail_of(project, plans.get(project.pk, []), actor.on, project.pk in counted)) for project in projects
    ]


def rail_of(project: Project, quarters: Sequence[Decimal], on: date, is_counted: bool) -> list[RailStage]:
    """Five segments with their figures."""
    return [*planning_stages(project), execution_stage(project, quarters, on), achievement_stage(project, is_counted)]


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


def achievement_stage(project: Project, is_counted: bool) -> RailStage:
    """How many of the participants it reached, once any are counted."""
    share = percentage(project.participants_reached, project.participants_planned)
    reached = formats.percent(share if is_counted else None)
    return RailStage(_("Evaluation"), "", [(_("of the participants"), reached)], is_past=project.state == "evaluated")
