"""The project list, a page at a time by key: the hundredth page costs what the first one does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from planning.projects.models import Project
from planning.projects.workflow import PROJECT
from sop_portal.kit.formats import money

ROWS = 50
SORTS = ("name", "needed", "spent")
MOST_DIGITS = 18
FIGURES = ("needed", "asked", "granted", "budgeted", "spent")
COLUMNS = ("pk", "name", "slug", "state", "department__name", "department__slug", *FIGURES)


@dataclass(frozen=True)
class Row:
    """One project, every word and figure already written out."""

    url: str
    name: str
    department: str
    tone: str
    state: str
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One page of the list and the keys of those before and after it."""

    rows: list[Row]
    before: int | None
    after: int | None


def filtered(found: QuerySet[Project], wanted: Mapping[str, Any]) -> QuerySet[Project]:
    """The projects that were asked for."""
    if wanted.get("q"):
        found = found.filter(name__icontains=wanted["q"])
    if wanted.get("department"):
        found = found.filter(department_id=wanted["department"].pk)
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    return found


def page_of(found: QuerySet[Project], year: int, typed: Mapping[str, Any]) -> Page:
    """The page behind a key, in the order of the address."""
    sort = typed.get("sort", "")
    field = sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "name"
    down = sort == f"-{field}"
    forward = not typed.get("before")
    key = _key(typed.get("after") if forward else typed.get("before"))
    found = _beyond(found, field, key, up=down is not forward)
    order = "" if down is not forward else "-"
    rows = list(found.order_by(f"{order}{field}", f"{order}pk").values(*COLUMNS)[: ROWS + 1])
    more, rows = len(rows) > ROWS, rows[:ROWS]
    if not forward:
        rows.reverse()
    first, last = (rows[0]["pk"], rows[-1]["pk"]) if rows else (None, None)
    has_before, has_after = (more, key is not None) if not forward else (key is not None, more)
    return Page([_row(row, year) for row in rows], first if has_before else None, last if has_after else None)


def _key(typed: Any) -> int | None:
    typed = str(typed or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else None


def _beyond(found: QuerySet[Project], field: str, key: int | None, *, up: bool) -> QuerySet[Project]:
    """The rows after (or before) the one with this key. The first half of the condition is what the index serves."""
    if key is None:
        return found
    value = found.filter(pk=key).values_list(field, flat=True).first()
    if value is None:
        return found
    side = "gt" if up else "lt"
    return found.filter(**{f"{field}__{side}e": value}).filter(
        Q(**{f"{field}__{side}": value}) | Q(**{f"pk__{side}": key})
    )


def _row(row: dict[str, Any], year: int) -> Row:
    return Row(
        reverse("project", args=[year, row["department__slug"], row["slug"]]),
        row["name"],
        row["department__name"],
        PROJECT.tones[row["state"]],
        str(Project.State(row["state"]).label),
        tuple(money(row[figure]) for figure in FIGURES),
    )
