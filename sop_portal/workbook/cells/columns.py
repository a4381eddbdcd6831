"""Which columns a sheet has, and which column of somebody's own table is which of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planning.projects.imports.columns import UNIT_BEHIND, UNIT_IN_BRACKETS, plain_name
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.workbook.cells.days import Day
from sop_portal.workbook.cells.values import Holds, Number, in_every_language


@dataclass(frozen=True)
class Column:
    """A column: what it is called, what is written into it, an example, and other names people have for it.

    `offers` names the sheet from whose first column the drop-down takes what there is; `measure` is “money” where an
    amount is money; a column that `is_locked` is there to be read where the sheet goes out filled in.
    """

    key: str
    name: StrOrPromise
    says: StrOrPromise
    example: StrOrPromise
    holds: Holds = field(default_factory=Holds)
    also: tuple[str, ...] = ()
    is_required: bool = False
    offers: str = ""
    measure: str = ""
    is_locked: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is known by, as names are compared."""
        return tuple(
            plain_name(name) for name in (*in_every_language(self.name), self.key.replace("_", " "), *self.also)
        )

    @property
    def is_amount(self) -> bool:
        """Whether it holds figures."""
        return isinstance(self.holds, Number)

    @property
    def is_day(self) -> bool:
        """Whether it holds days."""
        return isinstance(self.holds, Day)


def suggest(columns: Sequence[Column], header: Sequence[str], known: Mapping[str, str] | None = None) -> dict[str, int]:
    """Which column of a table is probably which; names that were said once come first."""
    names = [plain_name(name) for name in header]
    without_unit = [plain_name(UNIT_IN_BRACKETS.sub(" ", name)) for name in header]
    bare = [plain_name(UNIT_BEHIND.sub(" ", UNIT_IN_BRACKETS.sub(" ", name.casefold()))) for name in header]
    keys = {column.key for column in columns}
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        key = (known or {}).get(name, "")
        if key in keys and key not in found:
            found[key] = place
    for written in (names, without_unit, bare):
        for column in columns:
            at = next((written.index(name) for name in column.names if name in written), None)
            if at is not None and column.key not in found and at not in found.values():
                found[column.key] = at
    return found
