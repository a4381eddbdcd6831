"""The year at a glance: what waits for a decision, the flow of money, and how far forecasts missed."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.models import Cycle
from sop_portal.dashboards.accuracy import Accuracy
from sop_portal.dashboards.projectrail import share
from sop_portal.dashboards.queries import Sums
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import Amount, Caption, Miss, bias_chart, flow_chart
from sop_portal.foundation.kit.components import Button, NextBox, TaskRow
from sop_portal.foundation.kit.sentences import interpolate

# From here on a bar is too narrow for the whole figure; the table beside it has every unit.
LARGE = 100_000


def page(name: str, cycle: Cycle, query: str = "") -> str:
    """A list of this year, perhaps filtered."""
    return reverse(name, args=[cycle.year]) + query


def next_of(decisions: Sequence[TaskRow], most: int) -> NextBox | None:
    """How many decisions wait for this person, of which kinds, and for how long; the first one is a click away."""
    if not decisions:
        return None
    count = len(decisions)
    more = _("%(count)s decisions and more wait for you")
    title = (
        more
        if count >= most
        else ngettext("%(count)s decision waits for you", "%(count)s decisions wait for you", count)
    )
    kinds = Counter(str(task.verb) for task in decisions)
    text = formats.listed(f"{verb} ({n})" if n > 1 else verb for verb, n in kinds.items())
    what = formats.under(decisions[0].verb, decisions[0].what)
    oldest = interpolate(_("The oldest: %(what)s, %(since)s."), {"what": what, "since": decisions[0].due_note})
    button = Button(_("Decide"), decisions[0].url, is_primary=True)
    return NextBox(
        title % {"count": formats.number(count)},
        formats.sentences([f"{text}{formats.FULL_STOP[formats.tongue()]}", oldest]),
        "",
        "inbox",
        buttons=[button],
    )


def flow(cycle: Cycle, sums: Sums) -> Any:
    """Needed, asked, granted, budgeted, spent: five bars, each a link to the list that adds up to it."""
    names = [
        (_("needed"), sums.needed, "?sort=-needed"),
        (_("asked"), sums.asked, "?sort=-asked"),
        (_("granted"), sums.granted, "?sort=-granted"),
        (_("budgeted"), sums.budgeted, "?sort=-budgeted"),
        (_("spent"), sums.spent, "?sort=-spent"),
    ]
    amounts = [Amount(name, value or None, page("projects", cycle, query)) for name, value, query in names]
    part = share(sums.granted, sums.asked)
    title = _("The money of the year, from need to spending")
    if part is not None and part < 100:
        title = _("%(share)s of what was asked was not granted") % {"share": formats.percent(100 - part)}
    per = 1000 if max(sums.needed, sums.asked, sums.budgeted) >= LARGE else 1
    note = _("%(currency)s, all projects") if per == 1 else _("%(currency)s thousand, all projects")
    summary = _("Money needed, asked, granted, budgeted and spent")
    return flow_chart(amounts, Caption(title, summary, note % {"currency": cycle.currency}), per=per)


def bias(cycle: Cycle, rows: list[Accuracy]) -> Any:
    """How far each department's forecast missed, the worst first; None without figures."""
    if not rows:
        return None
    worst = sorted(rows, key=lambda row: -abs(row.off))[:12]
    misses = [Miss(r.department, r.off, page("accuracy", cycle)) for r in sorted(worst, key=lambda r: -r.off)]
    small = sum(1 for row in rows if abs(row.off) < 5)
    words = {"n": small, "all": len(rows), "year": rows[0].year}
    title = _("In %(year)s, %(n)s of %(all)s departments forecast within 5 %%") % words
    return bias_chart(misses, Caption(title, _("Forecast against actual participants by department")))
