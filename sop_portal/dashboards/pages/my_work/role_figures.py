"""What each role finds beside its work: the few figures that role looks at first, each a link."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from planning.models import Cycle, Forecast, Pool, ResourceRequest, Stage
from sop_portal.dashboards.pages.my_work.blocks import Panel
from sop_portal.dashboards.pages.my_work.department_figures import department_panel
from sop_portal.dashboards.pages.my_work.led_projects import led_projects_panel
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import capacity_bar
from sop_portal.foundation.kit.components import Link, Pair, PoolCapacity
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Role

MOST_NAMED, MOST_POOLS = 6, 8
PLANNING = (Role.HEAD, Role.RESOURCE)
NOT_FILED = ("draft", "returned")


def panels(actor: Actor, cycle: Cycle | None, running: Cycle | None = None) -> list[Panel]:
    """The boxes of every role this person holds, then where the year stands.

    Who plans looks at the newest year; who spends, reports and decides at the one in execution.
    """
    if cycle is None:
        return []
    found = [
        PANELS[role](actor, cycle if role in PLANNING else running or cycle) for role in actor.roles if role in PANELS
    ]
    return [*found, where_the_year_stands(cycle, actor.on)]


def resource_panel(actor: Actor, cycle: Cycle) -> Panel:
    """What is available, who has not filed, and how many days are left."""
    pools = [capacity_of(pool) for pool in Pool.objects.filter(cycle_id=cycle.pk)[:MOST_POOLS]]
    pairs = [
        *not_filed(Forecast, Stage.FORECAST, _("Forecasts not filed"), cycle, actor.on),
        *not_filed(ResourceRequest, Stage.REQUEST, _("Requests not filed"), cycle, actor.on),
    ]
    note = "" if pools else _("No pools yet: say what there is in the year before it is allocated.")
    return Panel(_("Capacity and filing %(year)s") % {"year": cycle.year}, pairs, pools=pools, note=note)


def capacity_of(pool: Pool) -> PoolCapacity:
    """How full a pool is."""
    return PoolCapacity(
        pool.name,
        f"{formats.number(pool.capacity)} {pool.unit}",
        capacity_bar(pool.capacity, pool.committed),
        _("%(free)s free") % {"free": formats.number(pool.free)},
    )


def not_filed(
    model: type[Forecast] | type[ResourceRequest], stage: Stage, label: str, cycle: Cycle, on: date
) -> list[Pair]:
    """How many departments still owe a record, which ones, and until when; nothing before there are any."""
    records = model.objects.filter(cycle_id=cycle.pk)
    owing = records.filter(state__in=NOT_FILED).order_by("department__name")
    names = list(owing.values_list("department__name", flat=True))
    if not names and not records.exists():
        return []
    found = [Pair(label, str(len(names)), address(f"{stage.value}s", cycle.year))]
    if names:
        shown = formats.listed(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
        found.append(Pair(shown, "", is_typed=True))
    window = next((window for window in cycle.windows.all() if window.stage == stage), None)
    if names and window:
        found.append(Pair(_("Days left"), formats.until(window.due_on, on)))
    return found


def where_the_year_stands(cycle: Cycle, on: date) -> Panel:
    """The five stages as a chain, the open one filled."""
    windows = {window.stage: window for window in cycle.windows.all()}
    links = []
    for stage in Stage:
        window = windows.get(stage)
        if window is None:
            continue
        is_now = window.opens_on <= on <= window.grace_until
        words = _("open until %(day)s") if is_now else _("%(from)s to %(to)s")
        if is_now and on > window.due_on:
            words = _("was due on %(day)s, late until %(grace)s")
        days = {
            "day": formats.day_short(window.due_on, on),
            "grace": formats.day_short(window.grace_until, on),
            "from": formats.day_short(window.opens_on, on),
            "to": formats.day_short(window.due_on, on),
        }
        links.append(Link(stage.label, "", words % days, is_here=is_now, is_open=window.opens_on > on))
    return Panel(_("Where %(year)s stands") % {"year": cycle.year}, chain=links)


PANELS: dict[Role, Callable[[Actor, Cycle], Panel]] = {
    Role.HEAD: department_panel,
    Role.LEAD: led_projects_panel,
    Role.RESOURCE: resource_panel,
}
