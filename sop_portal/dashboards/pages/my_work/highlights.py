"""What each role looks at first, above the tasks: sentences and figures, each a link."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning.models import Cycle
from sop_portal.dashboards.checks.checklist import setup_checklist
from sop_portal.dashboards.pages.my_work.auditor_highlights import auditor
from sop_portal.dashboards.pages.my_work.blocks import Highlight
from sop_portal.dashboards.pages.my_work.finance_highlights import finance
from sop_portal.dashboards.queries.deviations import exceptions, without_exceptions
from sop_portal.dashboards.queries.matrix import headings, matrix, needs_attention
from sop_portal.dashboards.queries.money import (
    MONEY,
    MoneyTotals,
    money_by_department,
    stages_that_happened,
    total_money,
)
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
    found, totals = exceptions(cycle, actor, reports, actor.on), total_money(departments)
    needing = needs_attention(matrix(cycle, actor, reports))
    year = {"year": cycle.year, "currency": cycle.currency}
    return [
        Highlight(_("The money of %(year)s, %(currency)s") % year, strip=money_strip(cycle, totals, actor.on)),
        Highlight(
            pgettext("dashboard", "Exceptions"),
            empty=without_exceptions(cycle, totals.budgeted, actor.on),
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
            empty=without_exceptions(cycle, total_money(money_by_department(cycle, actor)).budgeted, actor.on),
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


def money_strip(cycle: Cycle, totals: MoneyTotals, on: date) -> list[Tile]:
    """The five amounts of the year, each with the list that adds up to it; what has not happened yet is no zero."""
    url, happened = address("projects", cycle.year), stages_that_happened(totals, cycle, on)
    names = {
        "needed": _("needed"),
        "asked": _("asked"),
        "granted": _("granted"),
        "budgeted": _("budgeted"),
        "spent": _("spent"),
    }
    return [
        Tile(
            names[stage],
            formats.money(getattr(totals, stage)) if stage in happened else formats.NOTHING,
            url=f"{url}?sort=-spent" if stage == "spent" else url,
        )
        for stage in MONEY
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
