"""What each role looks at first, above the tasks: sentences and figures, each a link."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning.models import Cycle
from sop_portal.dashboards.checks.checklist import setup_checklist
from sop_portal.dashboards.pages.my_work.auditor_highlights import auditor
from sop_portal.dashboards.pages.my_work.blocks import Highlight
from sop_portal.dashboards.pages.my_work.finance_highlights import finance
from sop_portal.dashboards.queries.deviations import exceptions
from sop_portal.dashboards.queries.matrix import headings, matrix, needs_attention
from sop_portal.dashboards.queries.money import MoneyTotals, money_by_department, total_money
from sop_portal.dashboards.queries.reports import open_reports
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Role

MOST_EXCEPTIONS, MOST_ROWS = 5, 8


def highlights(actor: Actor, cycle: Cycle | None, running: Cycle | None) -> list[Highlight]:
    """The blocks of every role this person holds, in the order of the roles."""
    if cycle is None:
        return [set_up(actor)] if Role.ADMINISTRATOR in actor.roles else []
    found = [HIGHLIGHTS[role](actor, running or cycle) for role in actor.roles if role in HIGHLIGHTS]
    return [block for blocks in found for block in blocks]


def management(actor: Actor, cycle: Cycle) -> list[Highlight]:
    """The money from need to spending, exceptions in sentences, and who is where."""
    departments, reports = money_by_department(cycle, actor), open_reports(cycle, actor.on)
    found = exceptions(cycle, actor, reports, actor.on)
    needing = needs_attention(matrix(cycle, actor, reports))
    year = {"year": cycle.year, "currency": cycle.currency}
    return [
        Highlight(_("The money of %(year)s, %(currency)s") % year, strip=money_strip(cycle, total_money(departments))),
        Highlight(
            pgettext("dashboard", "Exceptions"),
            exceptions=found[:MOST_EXCEPTIONS],
            more=(_("Whole dashboard"), address("dashboard", cycle.year)),
            is_beside=True,
        ),
        Highlight(
            _("Progress by department in %(year)s") % year,
            empty=_("Every department has done what was due."),
            rows=needing[:MOST_ROWS],
            heads=headings(),
            more=(_("All departments"), cycle.get_absolute_url()),
        ),
    ]


def programme(actor: Actor, cycle: Cycle) -> list[Highlight]:
    """Where the departments of the division stand, and what is out of the plan there."""
    reports = open_reports(cycle, actor.on)
    # Where every department stands is for everybody; here stand those whose records this person sees.
    own = [row for row in matrix(cycle, actor, reports) if row.url]
    return [
        Highlight(
            _("Exceptions of your division"),
            empty=_("Nothing is out of the plan."),
            exceptions=exceptions(cycle, actor, reports, actor.on)[:MOST_EXCEPTIONS],
            more=(_("Progress reports"), address("progress", cycle.year)),
        ),
        Highlight(
            _("Where your departments are in %(year)s") % {"year": cycle.year},
            empty=_("Every department has done what was due."),
            rows=needs_attention(own)[:MOST_ROWS],
            heads=headings(),
            more=(_("All departments"), cycle.get_absolute_url()),
        ),
    ]


def money_strip(cycle: Cycle, totals: MoneyTotals) -> list[Tile]:
    """The five amounts of the year, each with the list that adds up to it."""
    url = address("projects", cycle.year)
    return [
        Tile(_("needed"), formats.money(totals.needed), url=url),
        Tile(_("asked"), formats.money(totals.asked), url=url),
        Tile(_("granted"), formats.money(totals.granted), url=url),
        Tile(_("budgeted"), formats.money(totals.budgeted), url=url),
        Tile(_("spent"), formats.money(totals.spent), url=f"{url}?sort=-spent"),
    ]


def administrator(actor: Actor, _cycle: Cycle) -> list[Highlight]:
    """The set-up as a checklist, whatever the year."""
    return [set_up(actor)]


def set_up(actor: Actor) -> Highlight:
    """What has to be there for a year to run."""
    return Highlight(_("Set-up"), checks=setup_checklist(actor.on), more=(_("All steps"), address("set-up")))


HIGHLIGHTS: dict[Role, Callable[[Actor, Cycle], list[Highlight]]] = {
    Role.FINANCE: finance,
    Role.MANAGEMENT: management,
    Role.PROGRAMME: programme,
    Role.ADMINISTRATOR: administrator,
    Role.AUDITOR: auditor,
}
