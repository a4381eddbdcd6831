"""The rail of a project from need to result: five segments, each with its figure, its state and its link."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.spending.figures import percent_of, planned_share, share_of_time
from budgets.spending.queries import year_facts
from evaluations.reviews.workflow import EVALUATION
from planning.forecasts.workflow import FORECAST
from planning.models import Project
from planning.requests.workflow import REQUEST
from sop_portal.dashboards.figures import ZERO, percentage
from sop_portal.dashboards.pages.project.addresses import expenses_url, forecast_url, lines_url, request_url
from sop_portal.dashboards.pages.project.chain import evaluated_when
from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import RailStage


def rail(page: ProjectPage) -> list[RailStage]:
    """The five segments, in the order of the stages."""
    return [
        forecast_stage(page),
        request_stage(page),
        budget_stage(page.project),
        execution_stage(page.project, page.quarters, page.on),
        evaluation_stage(page),
    ]


def forecast_stage(page: ProjectPage) -> RailStage:
    """What the project needs, and how far the forecast of its department is."""
    state = page.line.forecast.state if page.line else ""
    return RailStage(
        _("Forecast"),
        forecast_url(page.project),
        [(_("needed"), formats.money(page.project.needed))],
        FORECAST.tones.get(state, "draft"),
        FORECAST.states(state).label if state else "",
        is_past=state == "accepted",
        is_now=state in FORECAST.awaiting,
    )


def request_stage(page: ProjectPage) -> RailStage:
    """What was asked for and granted, and how far the request of its department is."""
    state, project = page.asked[0].request.state if page.asked else "", page.project
    return RailStage(
        _("Resources"),
        request_url(project) if state else "",
        [(_("asked"), formats.money(project.asked)), (_("granted"), formats.money(project.granted))],
        REQUEST.tones.get(state, "draft"),
        REQUEST.states(state).label if state else _("not begun"),
        is_past=state == "allocated",
        is_now=state in REQUEST.awaiting,
    )


def budget_stage(project: Project) -> RailStage:
    """What is budgeted, once the budget is approved."""
    is_approved = project.budget_approved_at is not None
    tone, label = ("ok", _("Approved")) if is_approved else ("draft", _("not approved yet"))
    url = lines_url(project) if is_approved else ""
    return RailStage(
        _("Budget"), url, [(_("budgeted"), formats.money(project.budgeted))], tone, label, is_past=is_approved
    )


def execution_stage(project: Project, quarters: Sequence[Decimal], on: date) -> RailStage:
    """What was spent, and whether the project runs."""
    return RailStage(
        _("Execution"),
        expenses_url(project),
        [(_("spent"), formats.money(project.spent))],
        "sent",
        pace_of(project, quarters, on),
        is_past=project.state in ("completed", "evaluated"),
        is_now=project.state in ("active", "on_hold"),
    )


def evaluation_stage(page: ProjectPage) -> RailStage:
    """How many participants it reached, and how far its evaluation is."""
    found, project = page.evaluation, page.project
    counted = project.participants_reached if page.is_counted else None
    reached = f"{formats.number(counted)} / {formats.number(project.participants_planned)}"
    return RailStage(
        _("Evaluation"),
        found.get_absolute_url() if found else "",
        [(_("participants"), reached)],
        EVALUATION.tones[found.state] if found else "shut",
        found.get_state_display() if found else evaluated_when(project),
        is_past=bool(found and found.state in EVALUATION.closed),
        is_now=bool(found and found.state not in EVALUATION.closed),
    )


def pace_of(project: Project, quarters: Sequence[Decimal], on: date) -> str:
    """How much of the money is spent and how much is planned by now, while the project runs; else its state.

    Where nothing is phased, how much of the time of the project is over.
    """
    if project.state != Project.State.ACTIVE:
        return project.get_state_display()
    planned = planned_share(quarters, year_facts(project.cycle, on), on)
    words = {"spent": formats.percent(percentage(project.spent, project.budgeted) or ZERO)}
    if planned is None:
        time = percent_of(share_of_time(project.starts_on, project.ends_on, on))
        return _("%(spent)s, time %(time)s") % {**words, "time": formats.percent(time)}
    return _("%(spent)s, plan %(plan)s") % {**words, "plan": formats.percent(planned)}
