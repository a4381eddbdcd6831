"""Long lists a page at a time: by the key of the last row shown, so that no page is slower than the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

SIZE = 50


@dataclass(frozen=True)
class ListPage:
    """One page of a list, and the addresses of the pages before and after it."""

    rows: list[Any]
    previous_url: str = ""
    next_url: str = ""


def paginate(
    rows: "QuerySet[Any]", query: QueryDict, sorts: Mapping[str, str], default: str, size: int = SIZE
) -> ListPage:
    """The page of `rows` that ?sort, ?after and ?before ask for. `sorts` maps words to columns that are never empty."""
    asked = query.get("sort", "")
    sort = asked if asked.lstrip("-") in sorts and asked.count("-") <= 1 else default
    column, is_down = sorts[sort.lstrip("-")], sort.startswith("-")
    backwards = "before" in query and "after" not in query
    found = _from(rows, query.get("before" if backwards else "after", ""), column, is_down != backwards)
    order = "-" if is_down != backwards else ""
    taken = list(found.order_by(f"{order}{column}", f"{order}pk")[: size + 1])
    has_more, shown = len(taken) > size, taken[:size]
    if backwards:
        shown.reverse()
    comes_from = "before" in query or "after" in query
    has_previous, has_next = (has_more, True) if backwards else (comes_from, has_more)
    return ListPage(
        shown,
        _address(query, "before", shown[0].pk) if shown and has_previous else "",
        _address(query, "after", shown[-1].pk) if shown and has_next else "",
    )


def paginate_list(rows: Sequence[Any], query: QueryDict, size: int = SIZE) -> ListPage:
    """The same for rows that were all reckoned already, such as one per department: ?from says where to begin."""
    asked = query.get("from", "")
    begin = min(int(asked), max(len(rows) - 1, 0)) if _is_key(asked) else 0
    before, after = max(begin - size, 0), begin + size
    return ListPage(
        list(rows[begin:after]),
        _address(query, "from", before) if begin else "",
        _address(query, "from", after) if after < len(rows) else "",
    )


def _from(rows: "QuerySet[Any]", key: str, column: str, is_down: bool) -> "QuerySet[Any]":
    """The rows beyond the one with this key; an unknown key begins at the beginning."""
    anchor = rows.filter(pk=int(key)).values_list(column, "pk").first() if _is_key(key) else None
    if anchor is None:
        return rows
    beyond = "lt" if is_down else "gt"
    tie = Q(**{column: anchor[0], f"pk__{beyond}": anchor[1]})
    return rows.filter(Q(**{f"{column}__{beyond}": anchor[0]}) | tie)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _address(query: QueryDict, name: str, key: int) -> str:
    there = query.copy()
    for other in ("after", "before", "from"):
        there.pop(other, None)
    there[name] = str(key)
    return f"?{there.urlencode()}"
