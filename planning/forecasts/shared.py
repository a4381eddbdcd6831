"""Departments that plan the same thing at the same time are pointed out to each other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.forecasts.models import DemandReport, ForecastLine
from planning.forecasts.publishing import lines_in
from sop_portal.kit.formats import listed
from sop_portal.kit.told import told
from sop_portal.notices.actions import tell
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import Department, Membership, User
from sop_portal.organisation.roles import Role

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class SharedNeed:
    """One project that several departments plan in the same year."""

    name: str
    departments: tuple[Department, ...]

    @property
    def who(self) -> str:
        """The departments in one phrase; of many only the first are named."""
        names = self.departments
        if len(names) <= MOST_NAMED + 1:
            return together(names)
        rest = len(names) - MOST_NAMED
        text = ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", rest)
        return told(text, {"names": listed(names[:MOST_NAMED]), "n": rest})


def together(names: Sequence[Any]) -> str:
    """ "Arts, Music and Sports"."""
    if len(names) < 2:
        return listed(names)
    return told(_("%(names)s and %(last)s"), {"names": listed(names[:-1]), "last": names[-1]})


def shared_needs(lines: QuerySet[ForecastLine]) -> list[SharedNeed]:
    """Projects of the same short name in more than one department, by name; two queries."""
    departments = Count("forecast__department_id", distinct=True)
    slugs = lines.values("project__slug").annotate(n=departments).filter(n__gt=1).order_by().values("project__slug")
    by_slug: dict[str, list[ForecastLine]] = defaultdict(list)
    found = lines.filter(project__slug__in=slugs).select_related("project", "forecast__department")
    for line in found.order_by("project__name", "forecast__department__name"):
        by_slug[line.project.slug].append(line)
    return [SharedNeed(ls[0].project.name, tuple(line.forecast.department for line in ls)) for ls in by_slug.values()]


def seen_by(needs: list[SharedNeed], actor: Actor) -> list[SharedNeed]:
    """A department reads of those needs only that are its own as well."""
    if actor.sees_everything:
        return needs
    return [need for need in needs if any(d.pk in actor.department_ids for d in need.departments)]


def tell_of_shared_needs(report: DemandReport, by: User, at: datetime) -> None:
    """Tell the head of each department once which of its projects others plan as well."""
    heads = Membership.objects.on(report.cycle.day(at)).filter(role=Role.HEAD)
    of_department: dict[int, list[SharedNeed]] = defaultdict(list)
    for need in shared_needs(lines_in(report)):
        for department in need.departments:
            of_department[department.pk].append(need)
    for department_id, needs in of_department.items():
        people = User.objects.filter(pk__in=heads.filter(department_id=department_id).values("person_id"))

        def sentence(needs: list[SharedNeed] = needs, department_id: int = department_id) -> str:
            return _said(needs, department_id)

        tell(
            people.exclude(pk=by.pk), sentence, kind="demand-report", record_id=report.pk, verb="shared",
            link=report.get_absolute_url(), at=at,
        )  # fmt: skip


def _said(needs: list[SharedNeed], department_id: int) -> str:
    if len(needs) == 1:
        others = together([d.name for d in needs[0].departments if d.pk != department_id])
        return _("%(others)s plan “%(project)s” too; perhaps it can be shared") % {
            "others": others, "project": needs[0].name,
        }  # fmt: skip
    text = ngettext(
        "%(n)s of your projects is planned elsewhere too; perhaps it can be shared",
        "%(n)s of your projects are planned elsewhere too; perhaps they can be shared", len(needs),
    )  # fmt: skip
    return text % {"n": len(needs)}
