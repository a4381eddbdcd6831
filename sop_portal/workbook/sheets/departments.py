"""The departments: whoever plans, spends and learns."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from evaluations.meetings.actions import seat_newcomer
from planning.forecasts.actions import owe_newcomer
from planning.projects.figures import latin
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.actions.departments import DepartmentTerms
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.list_sheet import ListSheet, ReadRow, Wrong
from sop_portal.workbook.merging import Ask
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept, RowAct
from sop_portal.workbook.sheets.department_columns import (
    ALIKE,
    CODE_STAYS,
    CODE_TAKEN,
    DEPARTMENT_COLUMNS,
    LOOKALIKE,
    MERGED_THERE,
    NO_HEIR,
    STILL_THERE,
)
from sop_portal.workbook.taking_back import gone, refuse_later_change

KIND = "department"
FORMER = "former_name"


class DepartmentsSheet(ListSheet):
    """One row a department."""

    key = "departments"
    title = _("Departments")
    says = _("Whoever plans, spends and learns: one row for each.")
    also = ("department", "branches", "units", "部门表", "分馆", "单位")
    can = (Can.KEEP_PEOPLE,)
    columns = DEPARTMENT_COLUMNS

    def there(self, year: int | None = None) -> list[Kept]:
        """Every department by name."""
        found = Department.objects.select_related("merged_into").prefetch_related("former_names")
        return [Kept(row.pk, _values(row)) for row in found.order_by("name")]

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

    def missing_at_end(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """What it became part of is another department, of the portal or of the file, and the row agrees with that."""
        if "became_part_of" not in row.values:
            return
        heir = row.values["became_part_of"] = known.department(row.values["became_part_of"])
        there = row.there.values.get("became_part_of", "") if row.there else ""
        if there and known.department(there) == heir:
            row.values["became_part_of"] = there
        elif row.there is not None:
            yield Wrong("became_part_of", MERGED_THERE, {"department": row.values["name"]})
        elif heir in ("", row.values["name"]):
            yield Wrong("became_part_of", NO_HEIR)
        elif row.values.get("takes_part"):
            yield Wrong("became_part_of", STILL_THERE)

    def defaults(self, values: Row, known: Known) -> Row:
        """A new department plans, where it did not become part of another."""
        return {"takes_part": "became_part_of" not in values}

    def merge(self, row: ReadRow, ask: Ask) -> bool:
        """Former names that the portal knows stay, and so does what the department is called now."""
        if "former_names" in row.values:
            there = list(row.there.values.get("former_names", [])) if row.there else []
            known = {same_name(name) for name in (*there, row.values["name"])}
            named = there + [name for name in row.values["former_names"] if same_name(name) not in known]
            row.values["former_names"] = named
        if not row.values.get("former_names", True):
            del row.values["former_names"]
        return True

    def notify(self, values: Row, known: Known) -> None:
        """Later rows may call it by its new name, its short name, and the name it had until now."""
        was = known.codes.get(values.get("code", "")) or known.department(values["name"])
        known.departments[same_name(values["name"])] = values["name"]
        if was:
            known.departments[same_name(was)] = values["name"]
            known.codes |= {slug: values["name"] for slug, called in known.codes.items() if called == was}
        for former in values.get("former_names", ()):
            known.departments.setdefault(same_name(former), values["name"])
        if "code" in values:
            known.codes[values["code"]] = values["name"]
        if "division" in values:
            known.divisions.setdefault(same_name(values["division"]), values["division"])

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Add it; years that still take forecasts ask it for one."""
        by, at = acting.by, acting.at
        said = {"name": values["name"], "slug": values.get("code", ""), "division": values.get("division", "")}
        added = actions.add_department(**said, by=by, at=at)
        named = _add_former_names(added, values.get("former_names", ()), acting)
        if values["takes_part"]:
            self._follow(added, acting)
        return [Done(KIND, added.pk, ADDED, called=added.name), *named]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Give it another name, or let it take part."""
        found = Department.objects.get(pk=kept.pk)
        changes = {key: value for key, value in changes.items() if (key, value) != ("takes_part", False)}
        former = changes.pop("former_names", ())
        done = []
        if changes:
            before = {key: kept.values.get(key) for key in changes}
            named = {"name": "name", "is_active": "takes_part", "division": "division"}
            said = {name: changes[key] for name, key in named.items() if changes.get(key) is not None}
            actions.change_department(found, by=acting.by, at=acting.at, **cast(DepartmentTerms, said))
            done.append(Done(KIND, found.pk, WAS_CHANGED, before, changes, found.name))
        done += _add_former_names(found, [name for name in former if name not in _former_names(found)], acting)
        if found.is_active:
            self._follow(found, acting)
        return done

    def last_acts(self, rows: Sequence[ReadRow], letters: str, acting: Acting) -> Iterator[RowAct]:
        """Departments that no longer take part end last: what the same file says of their time comes in before that."""
        for row in rows:
            if row.changes.get("takes_part") is False:
                yield RowAct(row.number, letters, partial(_end, row, acting), 0)

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
        if FORMER in done["after"]:
            actions.forget_former_name(found, done["after"][FORMER], by=by, at=at)
            return
        now = {"name": found.name, "takes_part": found.is_active, "division": found.division}
        refuse_later_change(done, now | {"became_part_of": found.merged_into.name if found.merged_into else None})
        if "became_part_of" in done["before"]:
            actions.forget_merger(found, by=by, at=at)
            return
        if "name" in done["before"]:
            actions.name_back(found, done["before"]["name"], by=by, at=at)
        if "division" in done["before"]:
            actions.change_department(found, division=done["before"]["division"] or "", by=by, at=at)
        if "takes_part" in done["before"]:
            actions.change_department(found, is_active=done["before"]["takes_part"], by=by, at=at)


def _values(department: Department) -> Row:
    """A department as the sheet has it; what is blank is left out."""
    said = {
        "name": department.name,
        "code": department.slug,
        "division": department.division,
        "became_part_of": department.merged_into.name if department.merged_into else "",
        "former_names": _former_names(department),
    }
    return {key: value for key, value in said.items() if value} | {"takes_part": department.is_active}


def _former_names(department: Department) -> list[str]:
    """What it was called before, in the order of letters, so that one portal says the same as another."""
    return sorted(former.name for former in department.former_names.all())


def _add_former_names(department: Department, names: Iterable[str], acting: Acting) -> list[Done]:
    for name in names:
        actions.add_former_name(department, name, by=acting.by, at=acting.at)
    return [Done(KIND, department.pk, WAS_CHANGED, {}, {FORMER: name}, department.name) for name in names]


def _end(row: ReadRow, acting: Acting) -> list[Done]:
    """Let it no longer take part, or write down what it became part of."""
    found = Department.objects.get(name=row.values["name"])
    before: Row = {"takes_part": True}
    after: Row = {"takes_part": False}
    if "became_part_of" in row.changes:
        heir = Department.objects.get(name=row.values["became_part_of"])
        actions.record_merger(found, heir, by=acting.by, at=acting.at)
        before, after = before | {"became_part_of": None}, after | {"became_part_of": heir.name}
    else:
        actions.change_department(found, is_active=False, by=acting.by, at=acting.at)
    return [Done(KIND, found.pk, WAS_CHANGED, before, after, found.name)]
