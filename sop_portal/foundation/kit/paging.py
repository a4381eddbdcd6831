"""Long lists a page at a time: by the key of the last row shown, so that no page is slower than the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.http import QueryDict

from sop_portal.foundation.kit.filters import key_asked, one_of, sort_asked

SIZE = 50
# So many rows are shown on one page where everything was asked for, to print it.
MOST_PRINTED = 5_000


@dataclass(frozen=True)
class ListPage:
    """One page of a list, and the addresses of the pages before and after it."""

    rows: list[Any]
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True)
class Sort:
    """The columns a list is ordered by, a minus before those that go down; none of them is ever empty.

    Rows that are alike in all of them stand in the order of their keys, unless no two of them can be: `is_unique`.
    Where `groups` are given, they are all that the first column holds, in the order in which they are shown: a choice
    is seldom ordered by its letters.
    """

    columns: tuple[str, ...]
    groups: tuple[str, ...] = ()
    is_unique: bool = False

    @classmethod
    def of(cls, column: "str | Sort") -> "Sort":
        """A sort by one column, or the sort itself."""
        return cls((column,)) if isinstance(column, str) else column

    def reversed(self) -> "Sort":
        """The way back; it turns the keys round too."""
        columns = [column.removeprefix("-") if column.startswith("-") else f"-{column}" for column in self.columns]
        return Sort(tuple(columns), self.groups[::-1], self.is_unique)

    def with_key(self, rows: "QuerySet[Any]") -> "Sort":
        """The sort with the key at its end, so that it leaves no two rows in doubt."""
        key = rows.model._meta.pk
        names = {column.removeprefix("-") for column in self.columns}
        if self.is_unique or names & {"pk", key.name if key else "pk"}:
            return self
        sign = "-" if self.columns[0].startswith("-") else ""
        return Sort((*self.columns, f"{sign}pk"), self.groups)


def paginate(
    rows: "QuerySet[Any]",
    query: QueryDict,
    sorts: Mapping[str, str | Sort],
    default: str,
    size: int = SIZE,
    among: "QuerySet[Any] | None" = None,
) -> ListPage:
    """The page of `rows` that ?sort, ?after and ?before ask for. `sorts` maps words to a column, or to several.

    The row a page follows is looked for `among` these where it may have left `rows` meanwhile.
    """
    size = _size(query, size)
    sort, backwards = _asked(query, sorts, default).with_key(rows), "before" in query and "after" not in query
    if backwards:
        sort = sort.reversed()
    anchor = _values_of(rows if among is None else among, sort, key_asked(query, "before" if backwards else "after"))
    taken = _rows_beyond(rows, sort, anchor, size + 1)
    has_more, shown = len(taken) > size, taken[:size]
    if backwards:
        shown.reverse()
    has_previous, has_next = (has_more, True) if backwards else (anchor is not None, has_more)
    return ListPage(
        shown,
        _address(query, "before", shown[0].pk) if shown and has_previous else "",
        _address(query, "after", shown[-1].pk) if shown and has_next else "",
    )


def _size(query: QueryDict, size: int) -> int:
    """How many rows a page holds: all of them where ?rows=all asks for it."""
    return MOST_PRINTED if one_of(query, "rows", ("all",)) else size


def _asked(query: QueryDict, sorts: Mapping[str, str | Sort], default: str) -> Sort:
    """The sort that ?sort names, turned round by a minus; the default where it names none."""
    name = sort_asked(query, sorts) or default
    sort = Sort.of(sorts[name.lstrip("-")])
    return sort.reversed() if name.startswith("-") else sort


def paginate_list(rows: Sequence[Any], query: QueryDict, size: int = SIZE) -> ListPage:
    """A page of rows that were all reckoned already, such as one per department: ?from says where it begins."""
    size = _size(query, size)
    begin = min(int(key_asked(query, "from") or 0), max(len(rows) - 1, 0))
    before, after = max(begin - size, 0), begin + size
    return ListPage(
        list(rows[begin:after]),
        _address(query, "from", before) if begin else "",
        _address(query, "from", after) if after < len(rows) else "",
    )


def _values_of(rows: "QuerySet[Any]", sort: Sort, key: str) -> tuple[Any, ...] | None:
    """What the row with this key has in the columns of a sort; an unknown key begins at the beginning."""
    if not key:
        return None
    if sort.columns[0].removeprefix("-") == "pk":
        return (int(key),)
    return rows.filter(pk=int(key)).values_list(*(column.removeprefix("-") for column in sort.columns)).first()


def _rows_beyond(rows: "QuerySet[Any]", sort: Sort, anchor: tuple[Any, ...] | None, most: int) -> list[Any]:
    """So many rows after the anchor: from all of them, or from one group after the other until there are enough."""
    if not sort.groups:
        return _taken(rows, sort.columns, anchor, most)
    column, found = sort.columns[0].removeprefix("-"), list[Any]()
    for group in sort.groups[sort.groups.index(anchor[0]) if anchor else 0 :]:
        begins = anchor[1:] if anchor and anchor[0] == group else None
        found += _taken(rows.filter(**{column: group}), sort.columns[1:], begins, most - len(found))
        if len(found) == most:
            break
    return found


def _taken(rows: "QuerySet[Any]", columns: Sequence[str], anchor: Sequence[Any] | None, most: int) -> list[Any]:
    found = rows.filter(_beyond(columns, anchor)) if anchor else rows
    return list(found.order_by(*columns)[:most])


class Beyond(Func):
    """Whether a row comes after these values: (a, b) > (1, 2), so that an index bounds all columns at once."""

    output_field = BooleanField()

    def __init__(self, columns: Sequence[str], values: Sequence[Any]) -> None:
        """All columns go the same way, so the first says which."""
        super().__init__(*(column.removeprefix("-") for column in columns))
        self.way, self.values = "<" if columns[0].startswith("-") else ">", values

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        """The columns beside each other, compared with the values."""
        columns = self.get_source_expressions()
        written = [compiler.compile(column) for column in columns]
        known = [
            column.output_field.get_db_prep_value(value, connection)
            for column, value in zip(columns, self.values, strict=True)
        ]
        names, marks = ", ".join(sql for sql, _params in written), ", ".join(["%s"] * len(known))
        return f"({names}) {self.way} ({marks})", [*(one for _sql, params in written for one in params), *known]


def _beyond(columns: Sequence[str], values: Sequence[Any]) -> Q | Beyond:
    """After these values. Columns that go different ways: not before the first, and either after it or beyond the rest.

    Where either of these stood alone, a database would read everything that comes before.
    """
    if len({column.startswith("-") for column in columns}) == 1:
        return Beyond(columns, values)
    column, way = columns[0].removeprefix("-"), "lt" if columns[0].startswith("-") else "gt"
    after = Q(**{f"{column}__{way}": values[0]})
    return Q(**{f"{column}__{way}e": values[0]}) & (after | Q(_beyond(columns[1:], values[1:])))


def _address(query: QueryDict, name: str, key: int) -> str:
    there = query.copy()
    for other in ("after", "before", "from"):
        there.pop(other, None)
    there[name] = str(key)
    return f"?{there.urlencode()}"
