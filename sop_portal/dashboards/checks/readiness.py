"""What an administrator looks at before a year is published: dates, heads, and steps nobody could take."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.forecasts.queries.projects import carried_over, planned_ahead
from planning.models import Cycle, Pool, Stage
from sop_portal.dashboards.checks.four_eyes import Stuck, stuck_decisions
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import ONLY_WHEN_NAMED, ROLES, Can, Role, roles_that
from sop_portal.stages import ALL_WORKFLOWS

MOST_NAMED, MONTHS_OF_HELP = 5, 12
TWO, MOST_STEPS = 2, 12


def publishing_checklist(cycle: Cycle, on: date) -> list[Missing]:
    """Everything to look at before publishing; what is in order is ticked, the rest leads to where it is done."""
    return [
        _dates(cycle),
        _heads(on),
        _steps(on),
        *decisions_left_to_nobody(on),
        *ways_by_deputy(on),
        *too_few_approvers(cycle, on),
        _people(),
        _pools(cycle),
        _projects(cycle),
    ]


def _dates(cycle: Cycle) -> Missing:
    url, windows = reverse("windows", args=[cycle.year]), {w.stage: w for w in cycle.windows.all()}
    if len(windows) < len(Stage):
        return Missing(_("Not every stage has its dates."), url)
    first = windows[Stage.FORECAST]
    days = {"from": formats.day_of_year(first.opens_on), "to": formats.day_of_year(first.due_on)}
    return Missing(_("Every stage has its dates; forecasts %(from)s to %(to)s.") % days, url, is_done=True)


def _heads(on: date) -> Missing:
    without = departments_without_head(on)
    if without:
        text = ngettext("%(names)s has no department head.", "%(names)s have no department head.", len(without))
        return Missing(interpolate(text, {"names": _few(without)}), reverse("departments"))
    count = Department.objects.filter(is_active=True).count()
    text = ngettext("The one department has its head.", "All %(n)s departments have a head.", count)
    return Missing(text % {"n": count}, reverse("departments"), is_done=True)


def departments_without_head(on: date, without: Collection[int] = ()) -> list[str]:
    """The names of the departments that take part and nobody heads on this day; as if some roles had ended."""
    heads = Membership.objects.on(on).filter(role=Role.HEAD, person__is_active=True).exclude(pk__in=without)
    headed = heads.values("department_id")
    headless = Department.objects.filter(is_active=True).exclude(pk__in=headed)
    return list(headless.order_by("name").values_list("name", flat=True))


def _steps(on: date) -> Missing:
    orphans = orphan_steps(on)
    if orphans:
        steps = _("Steps nobody can take: %(steps)s.") % {"steps": _few(orphans, MOST_STEPS)}
        role = vacant_roles(on)[0]
        way_out = _("The cheapest way out: one person as %(role)s. A board member can be that for one year.")
        said = formats.sentences([steps, interpolate(way_out, {"role": role.label}), decisions_of(role)])
        return Missing(said, one_more(role, on))
    return Missing(_("Every role that the process needs is held by somebody."), reverse("handbook-roles"), is_done=True)


def decisions_left_to_nobody(on: date, without: Collection[int] = ()) -> Iterator[Missing]:
    """Decisions that four eyes leave to nobody, the departments they are stuck in together, and the way out."""
    stuck = stuck_decisions(on, without)
    names = dict(Department.objects.values_list("pk", "name"))
    people = User.objects.in_bulk({found.person_id for found in stuck})
    together: dict[tuple[Can, bool, int], list[Stuck]] = {}
    for found in stuck:
        together.setdefault((found.can, found.is_head, 0 if found.is_head else found.person_id), []).append(found)
    for (can, is_head, _person), same in together.items():
        where = [names[found.department_id] for found in same if found.department_id in names]
        if is_head:
            sentence = _("Nobody may %(do)s for %(names)s: the only person who could is its head.")
        else:
            sentence = _("Nobody may %(do)s: %(person)s alone writes it and decides on it.")
        words = {"do": can.label, "names": _few(where), "person": people[same[0].person_id]}
        yield Missing(
            formats.sentences([interpolate(sentence, words), way_out_of(same[0].role), decisions_of(same[0].role)]),
            one_more(same[0].role, on),
        )


def way_out_of(role: Role) -> str:
    """The cheapest way out where four eyes leave a decision to nobody."""
    sentence = _(
        "The cheapest way out: one more person as %(role)s. A board member can hold that role alone, for one year; it "
        "ends by itself."
    )
    return interpolate(sentence, {"role": role.label})


def decisions_of(role: Role) -> str:
    """What somebody who holds a role alone can decide; nothing where it is a role that only writes."""
    deciding = {Can(step.by) for workflow in ALL_WORKFLOWS for step in workflow.steps if step.four_eyes and step.main}
    labels = [str(can.label) for can in Can if can in deciding - ONLY_WHEN_NAMED and can in ROLES[role].may]
    if not labels:
        return ""
    return _("Such a person can %(decisions)s.") % {"decisions": formats.listed(labels)}


def ways_by_deputy(on: date) -> Iterator[Missing]:
    """Where one person alone writes and decides: a deputy who writes, so that the other one decides."""
    alone = {found.person_id for found in stuck_decisions(on) if not found.is_head}
    for person in User.objects.filter(pk__in=alone).order_by("name"):
        sentence = _("Or name a deputy for %(person)s: what the deputy writes, %(person)s decides.")
        yield Missing(interpolate(sentence, {"person": person}), reverse("person-deputy", args=[person.pk]))


def one_more(role: Role, on: date) -> str:
    """The form that lets somebody in who holds this role alone, until a year from now."""
    until = add_months(on, MONTHS_OF_HELP) - timedelta(days=1)
    return f"{reverse('person-new')}?{urlencode({'role': role.value, 'until_on': until.isoformat()})}"


def too_few_approvers(cycle: Cycle, on: date) -> Iterator[Missing]:
    """Where a second manager has to approve, there have to be two."""
    if cycle.second_approval_above is None or holders_of(Can.APPROVE_BUDGET, on).count() != 1:
        return
    sentence = _(
        "Above %(limit)s a second manager approves, and there is only one. The cheapest way out: let a board member be "
        "a manager for one year; the role ends by itself."
    )
    limit = money(cycle.second_approval_above)
    yield Missing(interpolate(sentence, {"limit": limit}), one_more(Role.MANAGEMENT, on))
    if cycle.state == Cycle.State.DRAFT:
        url = f"{reverse('windows', args=[cycle.year])}#approvals"
        yield Missing(_("Or let one manager be enough: leave that sum blank before the year is published."), url)


def _people() -> Missing:
    count = User.objects.filter(is_active=True, memberships__isnull=True).count()
    url = f"{reverse('people')}?show=without"
    if not count:
        return Missing(_("Everybody who may sign in has a role."), url, is_done=True)
    text = ngettext("%(n)s person has no role yet.", "%(n)s people have no role yet.", count)
    return Missing(text % {"n": count}, url)


def _pools(cycle: Cycle) -> Missing:
    count, url = Pool.objects.filter(cycle_id=cycle.pk).count(), reverse("pools", args=[cycle.year])
    if not count:
        return Missing(_("No pools yet; the resource team needs them before it allocates."), url)
    text = ngettext("%(n)s pool of resources is set up.", "%(n)s pools of resources are set up.", count)
    return Missing(text % {"n": count}, url, is_done=True)


def _projects(cycle: Cycle) -> Missing:
    count = len(carried_over(cycle))
    if ahead := planned_ahead(cycle).count():
        text = ngettext(
            "%(ahead)s project is planned ahead, %(n)s of the year before.",
            "%(ahead)s projects are planned ahead, %(n)s of the year before.",
            ahead,
        )
        return Missing(text % {"ahead": ahead, "n": count}, is_done=True)
    text = ngettext(
        "%(n)s project of the year before is carried over.",
        "%(n)s projects of the year before are carried over.",
        count,
    )
    if not count:
        return Missing(_("No projects to carry over; departments add their own."), is_done=True)
    return Missing(text % {"n": count}, is_done=True)


def orphan_steps(on: date) -> list[str]:
    """Steps for which nobody holds the role: shown before the year is published."""
    nobody: dict[Can, bool] = {}
    found = []
    for workflow in ALL_WORKFLOWS:
        for step in workflow.steps:
            if step.by not in nobody:
                nobody[step.by] = not holders_of(step.by, on).exists()
            if nobody[step.by] and step.main:
                found.append(str(step.label))
    return sorted(set(found))


def vacant_roles(on: date, without: Collection[int] = ()) -> list[Role]:
    """The roles without which some step could be taken by nobody."""
    cans = {Can(step.by) for workflow in ALL_WORKFLOWS for step in workflow.steps if step.main}
    vacant = {roles_that(can)[0] for can in cans if not holders_of(can, on, without).exists()}
    return [role for role in Role if role in vacant]


def roles_nobody_holds(on: date, without: Collection[int] = ()) -> list[str]:
    """What these roles are called."""
    return [str(role.label) for role in vacant_roles(on, without)]


def holders_of(can: Can, on: date, without: Collection[int] = ()) -> QuerySet[User]:
    """Everybody who holds a capability anywhere on a day; as if some of these roles had ended."""
    held = Membership.objects.on(on).filter(role__in=roles_that(can)).exclude(pk__in=without)
    return User.objects.filter(pk__in=held.values("person_id"), is_active=True)


def gaps_without(memberships: Collection[int], on: date) -> list[str]:
    """What nobody could do or decide if these roles ended, and somebody can now; each in a sentence."""
    before = set(_gaps(on, ()))
    return [gap for gap in _gaps(on, memberships) if gap not in before]


def _gaps(on: date, without: Collection[int]) -> Iterator[str]:
    for name in departments_without_head(on, without):
        yield interpolate(_("%(department)s would have no head."), {"department": typed(name)})
    for role in roles_nobody_holds(on, without):
        yield _("Nobody would hold the role: %(role)s.") % {"role": role}
    for missing in decisions_left_to_nobody(on, without):
        yield str(missing)
    limits = Cycle.objects.filter(state=Cycle.State.PUBLISHED, second_approval_above__isnull=False)
    if holders_of(Can.APPROVE_BUDGET, on, without).count() < TWO and (limit := limits.first()):
        sentence = _("Above %(limit)s a second manager approves the budget, and there would be fewer than two.")
        yield sentence % {"limit": money(limit.second_approval_above)}


def _few(names: list[str], most: int = MOST_NAMED) -> str:
    shown = formats.listed(typed(name) for name in names[:most])
    return interpolate("%(names)s …", {"names": shown}) if len(names) > most else shown
