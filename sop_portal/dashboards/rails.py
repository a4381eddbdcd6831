"""The rails of the projects a person leads, drawn from the totals each project keeps: no query per project."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from planning.models import Cycle, Project
from sop_portal.dashboards.projectrail import pace_of, share
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import RailStage
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Role

MOST_RAILS = 5


def led_by(actor: Actor, cycle: Cycle) -> list[Project]:
    """The projects this person leads."""
    found = Project.objects.filter(cycle_id=cycle.pk, lead=actor.user).select_related("cycle", "department")
    return list(found.order_by("name")[:MOST_RAILS])


def rails(actor: Actor, cycle: Cycle | None) -> list[tuple[Project, list[RailStage]]]:
    """The rail of each project a person leads, drawn from the totals the project keeps."""
    if cycle is None or Role.LEAD not in actor.roles:
        return []
    return [(project, rail_of(project, actor.on)) for project in led_by(actor, cycle)]


def rail_of(p: Project, on: date) -> list[RailStage]:
    """Five segments with their figures."""
    year, money, is_approved = p.cycle.year, formats.money, p.budget_approved_at is not None
    lines = f"{reverse('appropriations', args=[year])}?project={p.pk}" if is_approved else ""
    achieved = formats.percent(share(p.participants_reached, p.participants_planned))
    is_over = p.state in ("completed", "evaluated")
    return [
        RailStage(
            _("Forecast"), reverse("forecast-line", args=[year, p.department.slug, p.slug]),
            [(_("needed"), money(p.needed))], is_past=p.asked > 0, is_now=not p.asked,
        ),
        RailStage(
            _("Resources"), reverse("request", args=[year, p.department.slug]) if p.asked else "",
            [(_("asked"), money(p.asked)), (_("granted"), money(p.granted))], is_past=p.granted > 0,
            is_now=p.asked > 0 and not p.granted,
        ),
        RailStage(_("Budget"), lines, [(_("budgeted"), money(p.budgeted))], is_past=is_approved),
        RailStage(
            _("Execution"), f"{reverse('expenses', args=[year])}?project={p.pk}", [(_("spent"), money(p.spent))],
            "sent", pace_of(p, on), is_past=is_over, is_now=p.state in ("active", "on_hold"),
        ),
        RailStage(_("Evaluation"), "", [(_("of the participants"), achieved)], is_past=p.state == "evaluated"),
    ]  # fmt: skip
