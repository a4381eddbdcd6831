"""What each role finds beside its work: the few figures that role looks at first, each a link."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Appropriation, Audit, Confirmation, Contest, Expense, Finding
from evaluations.models import ProgressReport
from planning.forecasts.figures import MEASURES, change
from planning.forecasts.forecastpage import heading
from planning.models import Actual, Cycle, Forecast, Pool, ResourceRequest, Stage
from sop_portal.dashboards.pastandplan import finding, past_of, planned_by
from sop_portal.dashboards.projectpage import elapsed, share
from sop_portal.dashboards.queries import by_department, sums_of
from sop_portal.dashboards.rails import led_by, rails
from sop_portal.dashboards.readiness import orphan_steps
from sop_portal.kit import formats
from sop_portal.kit.charts import Reading, YearAhead, capacity_bar, line_chart
from sop_portal.kit.pages import Link, Pair
from sop_portal.kit.pages import Pool as PoolBar
from sop_portal.kit.told import typed
from sop_portal.notices.models import Mail
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import User
from sop_portal.organisation.roles import Role
from sop_portal.trail.models import Verification

MOST_NAMED = 6
__all__ = ["panels", "rails"]
PLANNING = (Role.HEAD, Role.RESOURCE, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Panel:
    """One box beside the tasks."""

    title: Any
    pairs: list[Pair] = field(default_factory=list)
    chart: Any = None
    pools: list[PoolBar] = field(default_factory=list)
    chain: list[Link] = field(default_factory=list)
    figures: "Comparison | None" = None
    note: Any = ""


@dataclass(frozen=True)
class Comparison:
    """Figures of one year beside their change on another: (measure, figure, change)."""

    heads: tuple[Any, Any, Any]
    rows: list[tuple[Any, str, str]]


def panels(actor: Actor, cycle: Cycle | None, running: Cycle | None = None) -> list[Panel]:
    """The boxes of every role this person holds, then where the year stands.

    Who plans looks at the newest year; who spends, reports and decides at the one in execution.
    """
    if cycle is None:
        return [setting_up(actor, None)] if Role.ADMINISTRATOR in actor.roles else []
    found = [HOMES[role](actor, cycle if role in PLANNING else running or cycle) for role in actor.roles]
    return [*found, where_the_year_stands(cycle, actor.on)]


def page(name: str, cycle: Cycle, query: str = "") -> str:
    """A list of the year, perhaps filtered."""
    return reverse(name, args=[cycle.year]) + query


def head(actor: Actor, cycle: Cycle) -> Panel:
    """My department against the years before, and what it plans."""
    rows = (
        Actual.objects.filter(department_id__in=actor.headed_ids, year__gte=cycle.year - 6, year__lt=cycle.year)
        .values("year")
        .annotate(n=Sum("participants"))
        .order_by("year")
    )
    readings = [Reading(str(row["year"]), row["n"]) for row in rows]
    known = [r for r in readings if r.value is not None]
    if len(known) < 2:
        return Panel(_("My department"), note=_("Past figures will appear here once two years are known."))
    planned, before = planned_by(actor, cycle), past_of(actor, int(known[-1].label))
    ahead = YearAhead(str(cycle.year), proposal=planned["participants"]) if planned.get("participants") else None
    by_label = {r.label: r for r in readings}
    years = [str(year) for year in range(int(readings[0].label), cycle.year)]
    readings = [by_label.get(year, Reading(year, None)) for year in years]
    summary = _("Participants of my department in the past years")
    chart = line_chart(readings, ahead, title=finding(known), summary=summary, is_small=True)
    heads = (
        _("%(year)s forecast") % {"year": cycle.year}, _("Figure"), _("On %(year)s") % {"year": known[-1].label},
    )  # fmt: skip
    compared = [
        (heading(m, cycle.currency), formats.number(planned[m]), formats.signed_percent(change(planned[m], before[m])))
        for m in MEASURES
        if planned.get(m) is not None
    ]
    return Panel(_("My department"), chart=chart, figures=Comparison(heads, compared) if compared else None)


def lead(actor: Actor, cycle: Cycle) -> Panel:
    """My projects: money spent against the budget, participants against the plan."""
    time = formats.percent(elapsed(cycle.starts_on, cycle.ends_on, actor.on))
    rows = [
        (
            typed(p.name),
            formats.percent(share(p.spent, p.budgeted)),
            formats.percent(share(p.participants_reached, p.participants_planned)),
        )
        for p in led_by(actor, cycle)
    ]
    heads = (_("My projects"), _("Money"), _("Participants"))
    if not rows:
        return Panel(_("Plan against actual"), note=_("You lead no project this year."))
    note = _("Of the plan of %(year)s; %(time)s of the time is over.") % {"year": cycle.year, "time": time}
    return Panel(_("Plan against actual"), figures=Comparison(heads, rows), note=note)


def resource(actor: Actor, cycle: Cycle) -> Panel:
    """What is available, who has not filed, and how many days are left."""
    pools = [
        PoolBar(
            pool.name,
            f"{formats.number(pool.capacity)} {pool.unit}",
            capacity_bar(pool.capacity, pool.committed),
            _("%(free)s free") % {"free": formats.number(pool.free)},
        )
        for pool in Pool.objects.filter(cycle_id=cycle.pk)[:8]
    ]
    pairs = [
        *_filing(
            Forecast.objects.filter(cycle_id=cycle.pk),
            Stage.FORECAST,
            _("Forecasts not filed"),
            "forecasts",
            cycle,
            actor.on,
        ),
        *_filing(
            ResourceRequest.objects.filter(cycle_id=cycle.pk),
            Stage.REQUEST,
            _("Requests not filed"),
            "requests",
            cycle,
            actor.on,
        ),
    ]
    note = "" if pools else _("No pools yet: say what there is in the year before it is allocated.")
    return Panel(_("Capacity and filing %(year)s") % {"year": cycle.year}, pairs, pools=pools, note=note)


def _filing(records: Any, stage: str, label: str, name: str, cycle: Cycle, on: date) -> list[Pair]:
    """How many departments still owe a record, which ones, and until when; nothing before there are any."""
    owing = list(
        records.filter(state__in=["draft", "returned"])
        .values_list("department__name", flat=True)
        .order_by("department__name")
    )
    if not records.exists():
        return []
    found = [Pair(label, str(len(owing)), page(name, cycle))]
    if owing:
        shown = ", ".join(owing[:MOST_NAMED]) + (" …" if len(owing) > MOST_NAMED else "")
        found.append(Pair(shown, "", is_typed=True))
    window = next((w for w in cycle.windows.all() if w.stage == stage), None)
    if owing and window:
        found.append(Pair(_("Days left"), formats.until(window.due_on, on)))
    return found


def finance(actor: Actor, cycle: Cycle) -> Panel:
    """Contested and unconfirmed lines, spending, audits."""
    contested = Contest.objects.filter(confirmation__budget__cycle_id=cycle.pk, settled="open").count()
    awaiting = Confirmation.objects.filter(budget__cycle_id=cycle.pk, budget__state="shared", state="awaiting").count()
    tight = Appropriation.objects.filter(cycle_id=cycle.pk, approved__gt=0, spent__gte=F("approved") * 9 / 10).count()
    audits = Audit.objects.filter(cycle_id=cycle.pk, planned_on__lte=actor.on).exclude(state="closed").count()
    return Panel(
        _("Budget and spending"),
        [
            Pair(_("Contested lines"), str(contested), page("budget-latest", cycle)),
            Pair(_("Departments that have not answered"), str(awaiting), page("budget-latest", cycle)),
            Pair(_("Lines nearly used up"), str(tight), page("appropriations", cycle)),
            Pair(_("Audits due"), str(audits), page("audits", cycle)),
        ],
    )


def management(actor: Actor, cycle: Cycle) -> Panel:
    """Money from need to spending, and what is late."""
    sums = sums_of(by_department(cycle, actor))
    names = [
        ("needed", _("needed")),
        ("asked", _("asked")),
        ("granted", _("granted")),
        ("budgeted", _("budgeted")),
        ("spent", _("spent")),
    ]
    pairs = [
        Pair(label, formats.money(getattr(sums, name)), page("projects", cycle, f"?sort=-{name}"))
        for name, label in names
    ]
    late = ProgressReport.objects.filter(cycle_id=cycle.pk, state__in=["draft", "returned"], due__lt=actor.on).count()
    pairs.append(Pair(_("Reports late"), str(late), page("progress", cycle, "?state=draft")))
    return Panel(_("The year in %(currency)s") % {"currency": cycle.currency}, pairs)


def administrator(actor: Actor, cycle: Cycle) -> Panel:
    """The set-up as a checklist."""
    return setting_up(actor, cycle)


def setting_up(actor: Actor, cycle: Cycle | None) -> Panel:
    """The set-up as a checklist: years to publish, people without a role, steps nobody can take, mail, the trail."""
    without = User.objects.filter(is_active=True).exclude(memberships__isnull=False).count()
    failed = Mail.objects.filter(state__in=["failed", "unknown"]).count()
    drafts = [
        Pair(_("Plan year %(year)s, draft") % {"year": draft.year}, _("check and publish"), draft.get_absolute_url())
        for draft in Cycle.objects.filter(state="draft").order_by("year")
    ]
    pairs = [
        *drafts,
        Pair(_("People without a role"), str(without), f"{reverse('people')}?show=without"),
        Pair(_("Steps nobody can take"), formats.listed(orphan_steps(actor.on)) or _("none"), reverse("people")),
        Pair(_("Mail failed or unknown"), str(failed), reverse("mails")),
        Pair(_("Trail verified"), verified_on(actor.on), reverse("trail")),
    ]
    if cycle is None and not drafts:
        pairs.insert(0, Pair(_("First planning year"), _("Set up"), reverse("year-new")))
    return Panel(_("Set-up"), pairs)


def verified_on(on: date) -> str:
    """When the trail was last checked from end to end, and what was found."""
    last = Verification.objects.order_by("-at").first()
    if last is None:
        return _("not yet")
    when = formats.day_short(localdate(last.at), on)
    if not last.problems:
        return _("%(day)s, whole") % {"day": when}
    return ngettext("%(day)s, %(n)s problem", "%(day)s, %(n)s problems", last.problems) % {
        "day": when,
        "n": last.problems,
    }


def auditor(actor: Actor, cycle: Cycle) -> Panel:
    """Approved plans, spending, findings, the trail."""
    spent = Expense.objects.filter(cycle_id=cycle.pk).aggregate(n=Sum("amount"))["n"]
    findings = Finding.objects.filter(audit__cycle_id=cycle.pk).aggregate(
        open=Count("pk", filter=~Q(state="verified")), all=Count("pk")
    )
    return Panel(
        _("To look at"),
        [
            Pair(_("Approved budget"), _("open"), page("budget-latest", cycle)),
            Pair(_("Spent"), formats.money(spent or 0), page("expenses", cycle)),
            Pair(_("Open findings"), f"{findings['open']} / {findings['all']}", page("audits", cycle)),
            Pair(_("Trail"), _("read"), reverse("trail")),
        ],
    )


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
        days = {
            "day": formats.day_short(window.due_on, on),
            "from": formats.day_short(window.opens_on, on),
            "to": formats.day_short(window.due_on, on),
        }
        links.append(Link(stage.label, "", words % days, is_here=is_now, is_open=window.opens_on > on))
    return Panel(_("Where %(year)s stands") % {"year": cycle.year}, chain=links)


HOMES: dict[Role, Callable[[Actor, Cycle], Panel]] = {
    Role.HEAD: head,
    Role.LEAD: lead,
    Role.RESOURCE: resource,
    Role.FINANCE: finance,
    Role.MANAGEMENT: management,
    Role.ADMINISTRATOR: administrator,
    Role.AUDITOR: auditor,
}
