"""Which department became part of which: heirs and ancestors, over as many steps as there were."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import Department, DepartmentName


@dataclass(frozen=True)
class Lineage:
    """The mergers as they are known now: each merged department by its key, with the one it became part of.

    Both ways are walked to their end, and a circle, which the database refuses, would be walked once.
    """

    into: Mapping[int, int | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.into)

    def heirs_of(self, department_id: int) -> Iterator[int]:
        """The department it became part of, the one which that one became part of, and so on."""
        passed = {department_id}
        heir = self.into.get(department_id)
        while heir is not None and heir not in passed:
            passed.add(heir)
            yield heir
            heir = self.into.get(heir)

    def ancestors_of(self, department_id: int) -> set[int]:
        """Every department that became part of it, directly or by way of others."""
        parts: dict[int, list[int]] = defaultdict(list)
        for part, heir in self.into.items():
            parts[heir or 0].append(part)
        found: set[int] = set()
        waiting = [department_id]
        while waiting:
            new = [part for part in parts[waiting.pop()] if part not in found and part != department_id]
            found.update(new)
            waiting += new
        return found


def lineage() -> Lineage:
    """The lineage of all departments, read with one query."""
    merged = Department.objects.filter(merged_into__isnull=False).order_by()
    return Lineage(dict(merged.values_list("pk", "merged_into_id")))


def former_names() -> dict[str, DepartmentName]:
    """Every name a department had before, whatever its capitals; one query."""
    rows = DepartmentName.objects.select_related("department")
    return {row.name.casefold(): row for row in rows}


def called_before(name: str, *, other_than: Department | None = None) -> DepartmentName | None:
    """The former name of another department that this name would take; nothing where it is free."""
    others = (
        former for former in former_names().values() if other_than is None or former.department_id != other_than.pk
    )
    return next((former for former in others if same_name(former.name) == same_name(name)), None)
