"""The flow of the year's money from need to spending, as a chart of five bars."""

from django.utils.translation import gettext as _

from planning.models import Cycle
from sop_portal.dashboards.queries.money import DecidedMoney, MoneyTotals
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import Amount, Caption, flow_chart
from sop_portal.foundation.kit.charts.flow import FlowChart

# From here on a bar is too narrow for the whole figure; the table beside it has every unit.
LARGE = 100_000


def money_flow(cycle: Cycle, totals: MoneyTotals, decided: DecidedMoney) -> FlowChart:
    """Needed, asked, granted, budgeted, spent: five bars, each a link to the list that adds up to it."""
    part = decided.part
    title = _("The money of the year, from need to spending")
    if part is not None and part < 100 and decided.is_complete:
        title = _("%(share)s of what was asked was not granted") % {"share": formats.percent(100 - part)}
    per = 1000 if max(totals.needed, totals.asked, totals.budgeted) >= LARGE else 1
    note = _("%(currency)s, all projects") if per == 1 else _("%(currency)s thousand, all projects")
    summary = _("Money needed, asked, granted, budgeted and spent")
    caption = Caption(title, summary, note % {"currency": cycle.currency})
    return flow_chart(amounts(cycle, totals, decided), caption, per=per)


def amounts(cycle: Cycle, totals: MoneyTotals, decided: DecidedMoney) -> list[Amount]:
    """The amounts of the five stages; what is asked or granted of some only so far is compared with nothing."""
    url = address("projects", cycle.year)
    return [
        Amount(_("needed"), totals.needed or None, url),
        Amount(_("asked"), totals.asked or None, url, is_whole=decided.is_asked),
        Amount(_("granted"), totals.granted or None, url, is_whole=decided.is_complete),
        Amount(_("budgeted"), totals.budgeted or None, url),
        Amount(_("spent"), totals.spent or None, f"{url}?sort=-spent"),
    ]
