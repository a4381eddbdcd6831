"""What the rows of a file may speak of: what stands in the portal, and what earlier rows of the same file add to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from budgets.models import Appropriation, Budget, Fund
from planning.models import Cycle, Pool, Project
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.lineage import former_names
from sop_portal.foundation.organisation.models import Department, DepartmentName, Organisation, User
from sop_portal.sign_in.queries import former_addresses

# The values of a row by the keys of its columns; what is blank is not among them.
Row = dict[str, Any]


@dataclass
class KnownPlan:
    """The plan of a year as far as it is known: its state, and on which day and by whom it was approved outside.

    `is_said` is whether a row of the file says so, `is_missed` whether somebody was told that none does.
    """

    state: str = ""
    approval: tuple[date, str] | None = None
    is_said: bool = False
    is_missed: bool = False


class LineInForce(NamedTuple):
    """An approved line, by what a row may call it."""

    number: int
    department: str
    project: str
    category: str
    fund: str


@dataclass
class Known:
    """The names that rows may use; departments are found by the name they have, had before, or have in addresses."""

    actor: Actor
    on: date
    departments: dict[str, str] = field(default_factory=dict)
    former: dict[str, DepartmentName] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    divisions: dict[str, str] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    former_addresses: dict[str, str] = field(default_factory=dict)
    years: dict[int, str] = field(default_factory=dict)
    money_pools: set[tuple[int, str]] = field(default_factory=set)
    projects: set[tuple[int, str, str]] = field(default_factory=set)
    funds: set[str] = field(default_factory=set)
    # First and last day of each year, and the plans there are.
    spans: dict[int, tuple[date, date]] = field(default_factory=dict)
    plans: dict[int, KnownPlan] = field(default_factory=dict)
    approved: dict[int, list[LineInForce]] = field(default_factory=dict)
    currency: str = ""
    language: str = "en"

    @classmethod
    def of(cls, actor: Actor, on: date) -> "Known":
        """What the portal knows on a day."""
        departments = list(Department.objects.order_by("pk").values_list("name", "slug", "division"))
        years = Cycle.objects.order_by("year").values_list("year", "state", "currency", "starts_on", "ends_on")
        cycles = list(years)
        money = Pool.objects.filter(kind="money").values_list("cycle__year", "name")
        projects = Project.objects.values_list("cycle__year", "department__name", "name")
        organisation = Organisation.current()
        return cls(
            actor,
            on,
            {same_name(name): name for name, _slug, _division in departments},
            {same_name(row.name): row for row in former_names().values()},
            {slug: name for name, slug, _division in departments},
            {same_name(division): division for _name, _slug, division in reversed(departments) if division},
            set(User.objects.values_list("email", flat=True)),
            former_addresses(),
            {year: state for year, state, *_rest in cycles},
            {(year, same_name(name)) for year, name in money},
            {(year, department, same_name(name)) for year, department, name in projects},
            {same_name(name) for name in Fund.objects.values_list("name", flat=True)},
            {year: (first, last) for year, _state, _currency, first, last in cycles},
            dict(_plans()),
            {},
            cycles[-1][2] if cycles else organisation.currency,
            organisation.language,
        )

    def address(self, email: str) -> str:
        """The address of whoever had this one before, and nobody has now; else this one itself."""
        return email if email in self.people else self.former_addresses.get(email.casefold(), email)

    def department(self, name: str) -> str:
        """What the department is called that somebody means; nothing where there is none."""
        called = same_name(name)
        if called in self.departments:
            return self.departments[called]
        if called in self.former:
            return self.former[called].department.name
        return self.codes.get(name.casefold(), "")

    def goes_by(self, name: str) -> tuple[str, str]:
        """What a department is called from now on, and its short name; nothing where there is none."""
        called = self.department(name)
        return called, next((code for code, named in self.codes.items() if called and named == called), "")

    def lines(self, year: int) -> list[LineInForce]:
        """The approved lines of a year; departments are called as the file calls them from now on."""
        if year not in self.approved:
            names = ("number", "department__name", "project__name", "category", "fund__name")
            found = Appropriation.objects.filter(cycle__year=year).order_by("number").values_list(*names)
            self.approved[year] = [LineInForce(n, self.department(d), *rest) for n, d, *rest in found]
        return self.approved[year]

    @property
    def year_to_open(self) -> int | None:
        """The newest year that is not closed: what a row belongs to that names none."""
        return max((year for year, state in self.years.items() if state != Cycle.State.CLOSED), default=None)


def _plans() -> Iterator[tuple[int, KnownPlan]]:
    """The plan of every year that has one: the version in force, or the one that is made."""
    for budget in Budget.objects.exclude(state=Budget.State.SUPERSEDED).select_related("cycle").order_by("-state"):
        approval = (budget.outside_on, budget.outside_by) if budget.outside_on else None
        yield budget.cycle.year, KnownPlan(budget.state, approval)
