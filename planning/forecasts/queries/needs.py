"""Projects that several departments plan in the same year."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.forecasts.models import DemandReport, ForecastLine, ReportNeed
from planning.forecasts.queries.report import lines_in
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class SharedNeed:
    """One project that several departments plan in the same year."""

    name: str
    departments: tuple[Department, ...]
    others: int = 0

    @property
    def who(self) -> str:
        """The departments in one phrase; of many only the first are named."""
        more = len(self.departments) + self.others - MOST_NAMED
        if more < 2:
            return together(self.departments)
        text = ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more)
        return interpolate(text, {"names": listed(self.departments[:MOST_NAMED]), "n": more})


def together(names: Sequence[Any]) -> str:
    """Names in one phrase, the last one after "and"."""
    if len(names) < 2:
        return listed(names)
    return interpolate(_("%(names)s and %(last)s"), {"names": listed(names[:-1]), "last": names[-1]})


def shared_needs(lines: QuerySet[ForecastLine]) -> list[SharedNeed]:
    """Projects of the same short name in more than one department, by name; three queries, and no rows but names."""
    departments = Count("forecast__department_id", distinct=True)
    slugs = lines.order_by().values("project__slug").annotate(n=departments).filter(n__gt=1)
    columns = ("project__slug", "project__name", "forecast__department_id")
    found = lines.filter(project__slug__in=list(slugs.values_list("project__slug", flat=True))).values_list(*columns)
    names: dict[str, str] = {}
    planned: dict[str, list[int]] = defaultdict(list)
    for slug, name, department_id in found.order_by("project__name", "forecast__department__name"):
        names.setdefault(slug, name)
        planned[slug].append(department_id)
    known = Department.objects.in_bulk({pk for departments in planned.values() for pk in departments})
    return [SharedNeed(name, tuple(known[pk] for pk in planned[slug])) for slug, name in names.items()]


def needs_of(report: DemandReport, actor: Actor, most: int) -> tuple[list[SharedNeed], int]:
    """The first shared needs of a report that a person reads, and how many there are."""
    if report.published_at is None:
        needs = seen_by(shared_needs(lines_in(report)), actor)
        return needs[:most], len(needs)
    rows = ReportNeed.objects.filter(report=report).order_by("pk")
    return _named(rows[:most]), rows.count()


def _named(rows: Iterable[ReportNeed]) -> list[SharedNeed]:
    named = [(row.name, row.departments[: MOST_NAMED + 1], len(row.departments)) for row in rows]
    known = Department.objects.in_bulk({pk for _name, first, _count in named for pk in first})
    return [SharedNeed(name, tuple(known[pk] for pk in first), count - len(first)) for name, first, count in named]


def seen_by(needs: list[SharedNeed], actor: Actor) -> list[SharedNeed]:
    """A department reads of those needs only that are its own as well."""
    if actor.sees_everything:
        return needs
    return [need for need in needs if any(d.pk in actor.department_ids for d in need.departments)]
