"""What an administrator looks at before a year is published: dates, heads, and steps nobody could take."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.forecasts.queries.projects import carried_over, planned_ahead
from planning.models import Cycle, Pool, Stage
from sop_portal.dashboards.checks.four_eyes import Stuck, stuck_decisions
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role, roles_that
from sop_portal.stages import ALL_WORKFLOWS

MOST_NAMED = 5


def publishing_checklist(cycle: Cycle, on: date) -> list[Missing]:
    """Everything to look at before publishing; what is in order is ticked, the rest leads to where it is done."""
    return [
        _dates(cycle),
        _heads(on),
        _steps(on),
        *decisions_left_to_nobody(on),
        *_two_approvers(cycle, on),
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


def departments_without_head(on: date) -> list[str]:
    """The names of the departments that take part and nobody heads on this day."""
    headed = Membership.objects.on(on).filter(role=Role.HEAD, person__is_active=True).values("department_id")
    without = Department.objects.filter(is_active=True).exclude(pk__in=headed)
    return list(without.order_by("name").values_list("name", flat=True))


def _steps(on: date) -> Missing:
    orphans = orphan_steps(on)
    if orphans:
        return Missing(_("Steps nobody can take: %(steps)s.") % {"steps": formats.listed(orphans)}, reverse("people"))
    return Missing(_("Somebody can take every step."), reverse("handbook-roles"), is_done=True)


def decisions_left_to_nobody(on: date) -> Iterator[Missing]:
    """Decisions that four eyes leave to nobody, the departments they are stuck in together, and the way out."""
    stuck = stuck_decisions(on)
    names = dict(Department.objects.values_list("pk", "name"))
    people = User.objects.in_bulk({found.person_id for found in stuck})
    together: dict[tuple[Can, bool, int], list[Stuck]] = {}
    for found in stuck:
        together.setdefault((found.can, found.is_head, 0 if found.is_head else found.person_id), []).append(found)
    for (can, is_head, _person), same in together.items():
        where = [names[found.department_id] for found in same if found.department_id in names]
        if is_head:
            sentence = _("Nobody may %(do)s for %(names)s: who could is its head.")
        else:
            sentence = _("Nobody may %(do)s: %(person)s alone writes it and decides on it.")
        words = {"do": can.label, "names": _few(where), "person": people[same[0].person_id]}
        yield Missing(formats.sentences([interpolate(sentence, words), way_out_of(same[0])]), reverse("people"))


def way_out_of(stuck: Stuck) -> str:
    """The cheapest way out where four eyes leave a decision to nobody."""
    sentence = _(
        "The cheapest way out: one more person as %(role)s. A board member can hold that role alone, for this year, "
        "with a last day on which it ends by itself; or whoever holds it names a deputy who is not concerned."
    )
    return interpolate(sentence, {"role": stuck.role.label})


def _two_approvers(cycle: Cycle, on: date) -> Iterator[Missing]:
    """Where a second manager has to approve, there have to be two."""
    if cycle.second_approval_above is None or holders_of(Can.APPROVE_BUDGET, on).count() != 1:
        return
    sentence = _(
        "Above %(limit)s a second manager approves, and there is only one. The cheapest way out: let a board member be "
        "a manager for this year; the role ends by itself on its last day."
    )
    limit = formats.money(cycle.second_approval_above)
    yield Missing(interpolate(sentence, {"limit": limit}), reverse("people"))


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


def roles_nobody_holds(on: date) -> list[str]:
    """The roles without which some step could be taken by nobody."""
    cans = {Can(step.by) for workflow in ALL_WORKFLOWS for step in workflow.steps if step.main}
    vacant = {roles_that(can)[0] for can in cans if not holders_of(can, on).exists()}
    return [str(role.label) for role in Role if role in vacant]


def holders_of(can: Can, on: date) -> QuerySet[User]:
    """Everybody who holds a capability anywhere on a day."""
    return User.objects.filter(
        Q(memberships__until_on__isnull=True) | Q(memberships__until_on__gte=on),
        is_active=True,
        memberships__role__in=roles_that(can),
        memberships__from_on__lte=on,
    ).distinct()


def _few(names: list[str]) -> str:
    shown = formats.listed(typed(name) for name in names[:MOST_NAMED])
    return interpolate("%(names)s …", {"names": shown}) if len(names) > MOST_NAMED else shown
