"""Departments that plan the same thing at the same time are pointed out to each other."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from planning.forecasts.models import DemandReport, ForecastLine
from planning.forecasts.publishing import accepted_lines
from sop_portal.notices.actions import tell
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import Department, Membership, User
from sop_portal.organisation.roles import Role


@dataclass(frozen=True, slots=True)
class SharedNeed:
    """One project that several departments plan in the same year."""

    name: str
    departments: tuple[Department, ...]

    @property
    def who(self) -> str:
        """The departments in one phrase."""
        names = [department.name for department in self.departments]
        return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def shared_needs(lines: Iterable[ForecastLine]) -> list[SharedNeed]:
    """Projects of the same short name in more than one department, by name."""
    by_slug: dict[str, dict[int, ForecastLine]] = defaultdict(dict)
    for line in lines:
        by_slug[line.project.slug].setdefault(line.forecast.department_id, line)
    several = [list(found.values()) for found in by_slug.values() if len(found) > 1]
    needs = [SharedNeed(found[0].project.name, tuple(line.forecast.department for line in found)) for found in several]
    return sorted(needs, key=lambda need: need.name)


def seen_by(needs: Iterable[SharedNeed], actor: Actor) -> list[SharedNeed]:
    """A department reads of those needs only that are its own as well."""
    if actor.sees_everything:
        return list(needs)
    return [need for need in needs if any(d.pk in actor.department_ids for d in need.departments)]


def tell_of_shared_needs(report: DemandReport, by: User, at: datetime) -> None:
    """Tell the heads of both departments that they need the same thing at the same time."""
    heads = Membership.objects.on(report.cycle.day(at)).filter(role=Role.HEAD)
    for need in shared_needs(accepted_lines(report)):
        people = User.objects.filter(pk__in=heads.filter(department__in=need.departments).values("person_id"))

        def sentence(need: SharedNeed = need) -> str:
            text = _("%(who)s plan “%(project)s” in %(year)s; perhaps it can be shared")
            return text % {"who": need.who, "project": need.name, "year": report.cycle.year}

        tell(
            people.exclude(pk=by.pk), sentence, kind="demand-report", record_id=report.pk, verb="shared",
            link=report.get_absolute_url(), at=at,
        )  # fmt: skip
