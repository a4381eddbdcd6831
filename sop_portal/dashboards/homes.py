"""What each role finds beside its work: the few figures that role looks at first, each a link."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.models import Appropriation, Audit, Confirmation, Contest, Expense, Finding
from evaluations.models import ProgressReport
from planning.models import Actual, Cycle, Forecast, Pool, Project, ResourceRequest, Stage
from sop_portal.dashboards.queries import sums_of
from sop_portal.kit import formats
from sop_portal.kit.charts import Reading, capacity_bar, line_chart
from sop_portal.kit.pages import Link, Pair
from sop_portal.kit.pages import Pool as PoolBar
from sop_portal.notices.models import Mail
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import User
from sop_portal.organisation.roles import Can, Role, roles_that
from sop_portal.stages import ALL_RECORDS
from sop_portal.trail.models import Head

PLANNING = (Role.HEAD, Role.RESOURCE, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Panel:
    """One box beside the tasks."""

    title: Any
    pairs: list[Pair] = field(default_factory=list)
    chart: Any = None
    pools: list[PoolBar] = field(default_factory=list)
    chain: list[Link] = field(default_factory=list)
    note: Any = ""


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
    """My department against the years before."""
    rows = (
        Actual.objects.filter(department_id__in=actor.headed_ids, year__gte=cycle.year - 6, year__lt=cycle.year)
        .values("year")
        .annotate(n=Sum("participants"))
        .order_by("year")
    )
    readings = [Reading(str(row["year"]), row["n"]) for row in rows]
    if len([r for r in readings if r.value is not None]) < 2:
        return Panel(_("My department"), note=_("Past figures will appear here once two years are known."))
    known = [r for r in readings if r.value is not None]
    change = (known[-1].value - known[-2].value) * 100 / known[-2].value if known[-2].value else 0  # type: ignore[operator]
    title = _("Participants: %(change)s in %(year)s") % {
        "change": formats.signed_percent(change),
        "year": known[-1].label,
    }
    summary = _("Participants of my department in the past years")
    return Panel(_("My department"), chart=line_chart(readings, title=title, summary=summary, is_small=True))


def lead(actor: Actor, cycle: Cycle) -> Panel:
    """My projects, plan against actual."""
    rows = (
        Project.objects.filter(cycle_id=cycle.pk, lead=actor.user)
        .select_related("cycle", "department")
        .order_by("name")
    )
    pairs = [
        Pair(
            p.name,
            _("%(spent)s of %(budgeted)s spent")
            % {"spent": formats.money(p.spent), "budgeted": formats.money(p.budgeted)},
            p.get_absolute_url(),
            is_typed=False,
        )
        for p in rows[:8]
    ]
    return Panel(_("My projects"), pairs, note="" if pairs else _("You lead no project this year."))


def resource(actor: Actor, cycle: Cycle) -> Panel:
    """What is available, and who has not filed."""
    pools = [
        PoolBar(
            pool.name,
            f"{formats.number(pool.capacity)} {pool.unit}",
            capacity_bar(pool.capacity, pool.committed),
            _("%(free)s free") % {"free": formats.number(pool.free)},
        )
        for pool in Pool.objects.filter(cycle_id=cycle.pk)[:8]
    ]
    owing = Forecast.objects.filter(cycle_id=cycle.pk, state__in=["draft", "returned"]).count()
    asked = ResourceRequest.objects.filter(cycle_id=cycle.pk, state__in=["draft", "returned"]).count()
    pairs = [
        Pair(_("Forecasts not filed"), str(owing), page("forecasts", cycle)),
        Pair(_("Requests not filed"), str(asked), page("requests", cycle)),
    ]
    return Panel(_("Capacity and filing"), pairs, pools=pools)


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
    sums = sums_of(cycle, actor)
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
    """People without a role, steps nobody can take, failed mail, the trail's length."""
    without = User.objects.filter(is_active=True).exclude(memberships__isnull=False).count()
    failed = Mail.objects.filter(state__in=["failed", "unknown"]).count()
    pairs = [
        Pair(_("People without a role"), str(without), reverse("people")),
        Pair(_("Steps nobody can take"), formats.listed(orphan_steps(actor.on)) or _("none"), reverse("people")),
        Pair(_("Mail failed or unknown"), str(failed), reverse("mails")),
        Pair(
            _("Entries in the trail"),
            formats.number(Head.objects.values_list("position", flat=True).first() or 0),
            reverse("trail"),
        ),
    ]
    if cycle is None:
        pairs.insert(0, Pair(_("First planning year"), _("Set up"), reverse("years")))
    return Panel(_("Set-up"), pairs)


def orphan_steps(on: date) -> list[str]:
    """Steps for which nobody holds the role: shown before the year is published."""
    nobody: dict[Can, bool] = {}
    found = []
    for records in ALL_RECORDS:
        for step in records.workflow.steps:
            if step.by not in nobody:
                nobody[step.by] = not holders_of(step.by, on)
            if nobody[step.by] and step.main:
                found.append(str(step.label))
    return sorted(set(found))


def holders_of(can: Can, on: date) -> bool:
    """Whether anybody at all holds a capability today."""
    return User.objects.filter(
        Q(memberships__until_on__isnull=True) | Q(memberships__until_on__gte=on),
        is_active=True,
        memberships__role__in=roles_that(can),
        memberships__from_on__lte=on,
    ).exists()


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
