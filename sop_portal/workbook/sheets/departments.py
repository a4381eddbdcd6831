"""The departments: whoever plans, spends and learns."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from evaluations.meetings.actions import seat_newcomer
from planning.forecasts.actions import owe_newcomer
from planning.projects.figures import latin
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.actions.departments import DepartmentTerms
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.values import Name, ShortName, YesNo
from sop_portal.workbook.list_sheet import ListSheet, ReadRow, Wrong
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.taking_back import gone, refuse_later_change

KIND = "department"
CODE_STAYS = Wording(
    "code",
    _("Row %(row)s, column %(column)s: the short name of %(department)s is %(code)s and stays. Write that, or none."),
)
CODE_TAKEN = Wording(
    "code",
    _("Row %(row)s, column %(column)s: “%(value)s” is the short name of %(department)s already. Write another one."),
)
LOOKALIKE = Wording(
    "lookalike",
    _(
        "Row %(row)s: “%(value)s” looks like %(department)s and is written with letters of another alphabet. "
        "Type the name anew."
    ),
)
ALIKE = Wording(
    "alike", _("Row %(row)s: “%(value)s” is what %(department)s was called. Choose another name, or write that one.")
)


class DepartmentsSheet(ListSheet):
    """One row a department."""

    key = "departments"
    title = _("Departments")
    says = _("Whoever plans, spends and learns: one row for each.")
    also = ("department", "branches", "units", "部门表", "分馆", "单位")
    can = (Can.KEEP_PEOPLE,)
    columns = (
        Column(
            "name",
            _("Department"),
            _("What the department is called."),
            _("Arts"),
            Name(),
            ("name", "department name", "dept", "unit", "branch", "library", "名称", "部门名称", "单位", "分馆"),
            is_required=True,
        ),
        Column(
            "code",
            _("Short name"),
            _("A few letters and digits for addresses; left blank, it is made from the name. It stays for good."),
            "arts",
            ShortName(),
            ("code", "department code", "slug", "代码", "编码", "部门代码"),
        ),
        Column(
            "division",
            _("Division"),
            _("The division it belongs to, where there are any: divisions group and sum, nothing more."),
            _("Culture"),
            Name(),
            ("group", "sector", "分部", "板块", "所属板块", "所属分部"),
        ),
        Column(
            "takes_part",
            _("Takes part"),
            _("Whether it plans in new years; left blank, it does."),
            _("yes"),
            YesNo(),
            ("active", "is active", "参与", "是否参与", "在用"),
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """Every department by name."""
        return [Kept(row.pk, _values(row)) for row in Department.objects.order_by("name")]

    def identity(self, values: Row, known: Known) -> Hashable:
        """The department that is there under this short name or name, or a new one."""
        there = known.codes.get(values.get("code", "")) or known.department(values["name"])
        return same_name(there or values["name"])

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """Find the department by its short name, its name, or one that it had before."""
        code, name = values.get("code", ""), values["name"]
        by_code, by_name = known.codes.get(code, ""), known.department(name)
        if by_code and by_name and by_code != by_name:
            yield Wrong("code", CODE_TAKEN, {"department": by_code})
        elif by_name and code and not by_code:
            kept = next((slug for slug, called in known.codes.items() if called == by_name), "")
            yield Wrong("code", CODE_STAYS, {"department": by_name, "code": kept})
        elif by_name and not by_code and same_name(by_name) != same_name(name):
            # A name it had before: the row speaks of it, and does not call it so again.
            values["name"] = by_name

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """A new name that only looks like a known one is refused."""
        name = row.values["name"]
        alike = next((other for other in known.departments.values() if latin(other) == latin(name)), None)
        if row.there is None and alike is not None:
            yield Wrong("name", LOOKALIKE, {"department": alike})
        former = known.former.get(same_name(name))
        if former is not None and row.there is not None and row.there.pk != former.department_id:
            yield Wrong("name", ALIKE, {"department": former.department.name})

    def defaults(self, values: Row, known: Known) -> Row:
        """A new department plans."""
        return {"takes_part": True}

    def notify(self, values: Row, known: Known) -> None:
        """Later rows may call it by its new name, its short name, and the name it had until now."""
        was = known.codes.get(values.get("code", "")) or known.department(values["name"])
        known.departments[same_name(values["name"])] = values["name"]
        if was:
            known.departments[same_name(was)] = values["name"]
            known.codes |= {slug: values["name"] for slug, called in known.codes.items() if called == was}
        if "code" in values:
            known.codes[values["code"]] = values["name"]
        if "division" in values:
            known.divisions.setdefault(same_name(values["division"]), values["division"])

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Add it; years that still take forecasts ask it for one."""
        by, at = acting.by, acting.at
        said = {"name": values["name"], "slug": values.get("code", ""), "division": values.get("division", "")}
        added = actions.add_department(**said, by=by, at=at)
        if not values["takes_part"]:
            actions.change_department(added, is_active=False, by=by, at=at)
        self._follow(added, acting)
        return [Done(KIND, added.pk, ADDED, called=added.name)]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Give it another name, or let it take part or not."""
        found = Department.objects.get(pk=kept.pk)
        before = {key: kept.values.get(key) for key in changes}
        named = {"name": "name", "is_active": "takes_part", "division": "division"}
        said = {name: changes[key] for name, key in named.items() if changes.get(key) is not None}
        actions.change_department(found, by=acting.by, at=acting.at, **cast(DepartmentTerms, said))
        self._follow(found, acting)
        return [Done(KIND, found.pk, WAS_CHANGED, before, changes, found.name)]

    def _follow(self, department: Department, acting: Acting) -> None:
        owe_newcomer(department, by=acting.by, at=acting.at)
        seat_newcomer(department, by=acting.by, at=acting.at)

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take it out again, or give it back the name it had."""
        found = Department.objects.filter(pk=done["pk"]).first()
        if found is None:
            raise gone(done)
        by, at = acting.by, acting.at
        if done["did"] == ADDED:
            actions.take_out_department(found, by=by, at=at)
            return
        refuse_later_change(done, {"name": found.name, "takes_part": found.is_active, "division": found.division})
        if "name" in done["before"]:
            actions.name_back(found, done["before"]["name"], by=by, at=at)
        if "division" in done["before"]:
            actions.change_department(found, division=done["before"]["division"] or "", by=by, at=at)
        if "takes_part" in done["before"]:
            actions.change_department(found, is_active=done["before"]["takes_part"], by=by, at=at)


def _values(department: Department) -> Row:
    """A department as the sheet has it; what is blank is left out."""
    said = {"name": department.name, "code": department.slug, "division": department.division}
    return {key: value for key, value in said.items() if value} | {"takes_part": department.is_active}
