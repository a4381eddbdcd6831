"""Telling of early warnings: lead, head of department and finance, once for each line and cause.

A warning is told again only if it went away and came back, which is another row. Whoever does not see the line is
told nothing of it; whoever stands in for a head or for finance is told, too. What comes up at once is one sentence for
each year and cause, and one mail.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.spending.actions.warnings import is_open, measure_year
from budgets.spending.figures import OVER_PERCENT, UNDER_PERCENT
from budgets.spending.models import Flag, LineWarning
from planning.models import Cycle
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.formats import listed, percent
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import new_notices, write_notices
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, Membership, User
from sop_portal.foundation.organisation.roles import Role

MOST_NAMED = 3
# So many are told by one sweep; the next one tells the rest.
AT_ONCE = 10_000


def warn_of_lines(*, at: datetime) -> int:
    """Bring the warnings of all running years up to date and tell what nobody was told of yet; how many."""
    years = Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("pk")
    return sum(_warn(cycle, at) for cycle in years if cycle.starts_on <= cycle.day(at))


def _warn(cycle: Cycle, at: datetime) -> int:
    measure_year(cycle, at=at)
    return notify_of_warnings(cycle, at=at)


@transaction.atomic
def notify_of_warnings(cycle: Cycle, *, at: datetime) -> int:
    """Tell the standing warnings of a year that nobody was told of, and note that they are told; how many.

    Whoever sweeps at the same time waits for these rows, and then finds them told.
    """
    if not is_open(cycle):
        return 0
    not_notified = LineWarning.objects.not_notified().filter(cycle_id=cycle.pk)
    rows = not_notified.select_related("appropriation__project", "department").order_by("pk")
    warnings = list(rows.select_for_update(of=("self",), no_key=True)[:AT_ONCE])
    LineWarning.objects.filter(pk__in=[warning.pk for warning in warnings]).update(told_at=at)
    write_notices(list(_notices(cycle, warnings, at)), at=at)
    return len(warnings)


def _notices(cycle: Cycle, warnings: Sequence[LineWarning], at: datetime) -> Iterator[NewNotice]:
    """For each person who sees the lines, one sentence for each cause."""
    concerned = _concerned(warnings, cycle.day(at))
    people = User.objects.filter(pk__in=concerned, is_active=True).order_by("pk")
    for person in people:
        theirs = LineWarning.objects.filter(pk__in=[warning.pk for warning in concerned[person.pk]])
        seen = set(theirs.visible_to(Actor.of(person, cycle.day(at))).values_list("pk", flat=True))
        for flag in Flag:
            visible = [warning for warning in concerned[person.pk] if warning.flag == flag and warning.pk in seen]
            if visible:
                yield from _notice(cycle, person, flag, visible)


def _concerned(warnings: Sequence[LineWarning], on: date) -> dict[int, list[LineWarning]]:
    """Whom the lines concern: the lead of the project, the heads of its department, finance, and who stands in."""
    held = Membership.objects.on(on).filter(role__in=[Role.HEAD, Role.FINANCE])
    deputies: dict[tuple[int, str], set[int]] = defaultdict(set)
    for giver, role, deputy in Delegation.objects.on(on).values_list("giver_id", "role", "deputy_id"):
        deputies[giver, role].add(deputy)
    holders: dict[int | None, set[int]] = defaultdict(set)
    for role, department, person in held.values_list("role", "department_id", "person_id"):
        place = department if role == Role.HEAD else None
        holders[place] |= {person, *deputies[person, role], *deputies[person, ""]}
    concerned: dict[int, list[LineWarning]] = defaultdict(list)
    for warning in warnings:
        lead = warning.appropriation.lead_id
        for person in holders[warning.department_id] | holders[None] | ({lead} if lead else set()):
            concerned[person].append(warning)
    return concerned


def _notice(cycle: Cycle, person: User, flag: Flag, visible: Sequence[LineWarning]) -> list[NewNotice]:
    return new_notices(
        [person],
        partial(sentence_of, cycle, flag, visible),
        kind="appropriation",
        record_id=visible[0].appropriation_id,
        verb=f"warn-{flag}",
        link=_link(cycle, flag, visible),
    )


def _link(cycle: Cycle, flag: Flag, visible: Sequence[LineWarning]) -> str:
    """The list of the lines that are warned of this, narrowed to what all of these share."""
    url = f"{address('appropriations', cycle.year)}?flag={flag}"
    if len({warning.department_id for warning in visible}) == 1:
        url += f"&department={visible[0].department.slug}"
    if len({warning.appropriation.project_id for warning in visible}) == 1:
        url += f"&project={visible[0].appropriation.project.slug}"
    return url


def sentence_of(cycle: Cycle, flag: Flag, visible: Sequence[LineWarning]) -> str:
    """What is told of some lines, in the language of the moment."""
    count, more = len(visible), len(visible) - MOST_NAMED
    of_one = len({warning.department_id for warning in visible}) == 1
    lines = listed(_named(cycle, warning, with_department=not of_one) for warning in visible[:MOST_NAMED])
    if more > 0:
        words = {"lines": lines, "count": more}
        pattern = ngettext("%(lines)s and %(count)s more line", "%(lines)s and %(count)s more lines", more)
        lines = interpolate(pattern, words)
    if of_one:
        lines = interpolate(_("%(title)s (%(department)s)"), {"title": lines, "department": visible[0].department})
    limit = OVER_PERCENT if flag == Flag.OVER else UNDER_PERCENT
    return interpolate(_pattern(flag, count), {"count": count, "lines": lines, "percent": percent(limit)})


def _named(cycle: Cycle, warning: LineWarning, *, with_department: bool) -> str:
    line = warning.appropriation
    named = interpolate("%(line)s %(project)s", {"line": f"{cycle.year}-{line.number}", "project": line.project})
    words = {"title": named, "department": warning.department}
    return interpolate(_("%(title)s (%(department)s)"), words) if with_department else named


def _pattern(flag: Flag, count: int) -> str:
    match flag:
        case Flag.OVER:
            return ngettext(
                "Early warning: %(count)s line heads for more than %(percent)s of its plan: %(lines)s",
                "Early warning: %(count)s lines head for more than %(percent)s of their plan: %(lines)s",
                count,
            )
        case Flag.UNDER:
            return ngettext(
                "Early warning: %(count)s line heads for less than %(percent)s of its plan: %(lines)s",
                "Early warning: %(count)s lines head for less than %(percent)s of their plan: %(lines)s",
                count,
            )
    return ngettext(
        "Early warning: more is spent on %(count)s line than is planned by now: %(lines)s",
        "Early warning: more is spent on %(count)s lines than is planned by now: %(lines)s",
        count,
    )
