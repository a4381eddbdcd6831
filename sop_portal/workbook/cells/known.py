"""What the rows of a file may speak of: what stands in the portal, and what earlier rows of the same file add to it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planning.models import Cycle, Pool
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.lineage import former_names
from sop_portal.foundation.organisation.models import Department, DepartmentName, Organisation, User

# The values of a row by the keys of its columns; what is blank is not among them.
Row = dict[str, Any]


@dataclass
class Known:
    """The names that rows may use; departments are found by the name they have, had before, or have in addresses."""

    actor: Actor
    on: date
    departments: dict[str, str] = field(default_factory=dict)
    former: dict[str, DepartmentName] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    years: dict[int, str] = field(default_factory=dict)
    money_pools: set[tuple[int, str]] = field(default_factory=set)
    currency: str = ""
    language: str = "en"

    @classmethod
    def of(cls, actor: Actor, on: date) -> "Known":
        """What the portal knows on a day."""
        departments = list(Department.objects.values_list("name", "slug"))
        cycles = list(Cycle.objects.order_by("year").values_list("year", "state", "currency"))
        money = Pool.objects.filter(kind="money").values_list("cycle__year", "name")
        organisation = Organisation.current()
        return cls(
            actor,
            on,
            {same_name(name): name for name, _slug in departments},
            {same_name(row.name): row for row in former_names().values()},
            {slug: name for name, slug in departments},
            set(User.objects.values_list("email", flat=True)),
            {year: state for year, state, _currency in cycles},
            {(year, same_name(name)) for year, name in money},
            cycles[-1][2] if cycles else organisation.currency,
            organisation.language,
        )

    def department(self, name: str) -> str:
        """What the department is called that somebody means; nothing where there is none."""
        called = same_name(name)
        if called in self.departments:
            return self.departments[called]
        if called in self.former:
            return self.former[called].department.name
        return self.codes.get(name.casefold(), "")

    @property
    def year_to_open(self) -> int | None:
        """The newest year that is not closed: what a row belongs to that names none."""
        return max((year for year, state in self.years.items() if state != Cycle.State.CLOSED), default=None)
