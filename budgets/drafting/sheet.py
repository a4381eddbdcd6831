"""The budget sheet: lines by category and quarter, fifty a page by key, with totals from the kept sums."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budgets.drafting.amounts import decimals
from budgets.drafting.answers import Confirmation, Contest
from budgets.drafting.figures import NOTHING
from budgets.drafting.models import Budget, BudgetLine, BudgetSum, Category
from budgets.drafting.sums import totals
from budgets.drafting.wording import Badge, badge_of, quarter_names
from planning.models import Actual, Project
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.templatetags.icons import state

ROWS = 50
# What is known of last year stands with the projects and is added up at each look; for more lines than these the page
# comes first and asks for that one figure behind it.
ADDED_UP = 5_000
MOST_DIGITS = 9
ORDER = [str(category) for category in Category]
METRICS = {"materials": "materials", "services": "money"}
C = Confirmation.State


@dataclass(frozen=True)
class Row:
    """One line, ready to print."""

    line: BudgetLine
    url: str
    request_url: str
    project: str
    department: str
    what: str
    actual: str
    allocated: str
    q1: str
    q2: str
    q3: str
    q4: str
    amount: str
    badge: SafeString
    is_open: bool


@dataclass(frozen=True)
class Group:
    """The lines of one category on this page."""

    label: Any
    rows: list[Row]


@dataclass(frozen=True)
class Sheet:
    """One page of the sheet and the totals of everything it was narrowed to."""

    groups: list[Group]
    shown: int
    count: int
    settled: int
    sums: Mapping[str, Any]
    actual: Decimal | None
    quarters: list[str]
    decimals: int
    previous_url: str = ""
    next_url: str = ""
    added_url: str = ""


def narrowed(lines: QuerySet[BudgetLine], budget: Budget, wanted: Mapping[str, Any]) -> QuerySet[BudgetLine]:
    """The lines of one department, or of one state."""
    if wanted.get("department"):
        lines = lines.filter(department_id=wanted["department"].pk)
    if wanted.get("state"):
        lines = lines.filter(in_state(budget, wanted["state"]))
    return lines


def in_state(budget: Budget, state: str) -> Q:
    """Lines by what their department says of them; the uncontested lines of a contest count as confirmed."""
    if state == "refused":
        return Q(is_refused=True)

    def answered(*states: str) -> Q:
        found = Confirmation.objects.filter(budget=budget, state__in=states)
        return Q(department_id__in=found.values("department_id"), is_refused=False)

    contested = Q(Exists(Contest.objects.filter(line=OuterRef("pk"), settled=Contest.Settled.OPEN)))
    if state == "contested":
        return contested
    if state == "confirmed":
        return answered(C.CONFIRMED) | (answered(C.CONTESTED) & ~contested)
    return answered(state)


def sheet_of(
    budget: Budget, seen: QuerySet[BudgetLine], kept: Sequence[BudgetSum], wanted: Mapping[str, Any], query: QueryDict,
    today: date,
) -> Sheet:  # fmt: skip
    """The page that ?after or ?before ask for, narrowed to what is wanted; its totals come from the kept sums."""
    lines, department = narrowed(seen, budget, wanted), wanted.get("department")
    kept = [row for row in kept if department is None or row.department_id == department.pk]
    rows, before, after = page_of(lines, query)
    total = totals(budget, narrowed(seen, budget, {"department": department}), kept, wanted.get("state") or "")
    sums = {name: total[name] for name in ("q1", "q2", "q3", "q4", "amount", "allocated")}
    actuals = _actuals(budget, rows)
    places = decimals([*actuals.values(), *sums.values(), *(amount for line in rows for amount in line.quarters)])
    badges, requests = _badges(budget, rows, today), reverse("requests", args=[budget.cycle.year])
    alike = same_name(rows)
    made = [
        Row(
            line,
            _address(query, line=str(line.number)),
            f"{requests}{line.department.slug}/?line={line.allocation_id}#line-{line.allocation_id}",
            line.project.name,
            line.department.name,
            line.allocation.called if line.pk in alike else "",
            actual=money(actuals.get(line.pk), places),
            allocated=money(line.allocation.granted_cost, places),
            q1=money(line.q1, places),
            q2=money(line.q2, places),
            q3=money(line.q3, places),
            q4=money(line.q4, places),
            amount=money(line.amount, places),
            badge=_drawn(badges.get(line.pk)),
            is_open=query.get("line", "") == str(line.number),
        )
        for line in rows
    ]
    is_added = total["count"] <= ADDED_UP or "added" in query
    return Sheet(
        _grouped(made),
        len(made), total["count"], total["settled"], sums,
        _actual_sum(budget, lines) if is_added else None,
        quarter_names(budget.cycle.starts_on), places,
        added_url="" if is_added else _with(query, added="last-year"),
        previous_url=before and _address(query, before=before), next_url=after and _address(query, after=after),
    )  # fmt: skip


def _drawn(badge: Badge | None) -> SafeString:
    if badge is None:
        return format_html('<span class="muted">{}</span>', money(None))
    return state(badge.tone, badge.label, badge.is_plain, badge.icon)


def same_name(lines: Sequence[BudgetLine]) -> set[int]:
    """The lines that share project and category with another, so that only what they are for tells them apart."""
    found = Counter((line.project_id, line.category) for line in lines)
    return {line.pk for line in lines if found[line.project_id, line.category] > 1}


def _grouped(rows: list[Row]) -> list[Group]:
    groups = [Group(label, [r for r in rows if r.line.category == value]) for value, label in Category.choices]
    return [group for group in groups if group.rows]


def page_of(lines: QuerySet[BudgetLine], query: QueryDict) -> tuple[list[BudgetLine], str, str]:
    """The lines beyond a key, category by category, and the keys of the pages before and after."""
    backwards = "before" in query and "after" not in query
    key = _key(query.get("before" if backwards else "after", ""))
    rows = _beyond(lines, key, backwards)
    more, rows = len(rows) > ROWS, rows[:ROWS]
    if backwards:
        rows.reverse()
    if not rows:
        return [], "", ""
    has_before, has_after = (more, True) if backwards else (key is not None, more)
    return rows, _text(rows[0]) if has_before else "", _text(rows[-1]) if has_after else ""


def _beyond(lines: QuerySet[BudgetLine], key: tuple[str, int] | None, backwards: bool) -> list[BudgetLine]:
    order = ORDER[::-1] if backwards else ORDER
    rows: list[BudgetLine] = []
    for category in order[order.index(key[0]) if key else 0 :]:
        found = lines.filter(category=category).select_related("department", "project", "allocation")
        if key and category == key[0]:
            found = found.filter(number__lt=key[1]) if backwards else found.filter(number__gt=key[1])
        rows += list(found.order_by("-number" if backwards else "number")[: ROWS + 1 - len(rows)])
        if len(rows) > ROWS:
            break
    return rows


def _key(text: str) -> tuple[str, int] | None:
    category, _, number = text.partition("-")
    if category in ORDER and number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS:
        return category, int(number)
    return None


def _text(line: BudgetLine) -> str:
    return f"{line.category}-{line.number}"


def _address(query: QueryDict, **changed: str) -> str:
    there = query.copy()
    for name in ("added",) if "line" in changed else ("after", "before", "line", "added"):
        there.pop(name, None)
    return _with(there, **changed)


def _with(query: QueryDict, **changed: str) -> str:
    there = query.copy()
    for name, value in changed.items():
        there[name] = value
    return f"?{there.urlencode()}"


def _badges(budget: Budget, rows: Sequence[BudgetLine], today: date) -> dict[int, Badge]:
    departments = {line.department_id for line in rows}
    found = Confirmation.objects.filter(budget=budget, department_id__in=departments)
    answers = {confirmation.department_id: confirmation for confirmation in found}
    contests = Contest.objects.filter(confirmation__budget=budget, settled=Contest.Settled.OPEN)
    contested = set(contests.filter(line__in=[line.pk for line in rows]).values_list("line_id", flat=True))
    badges = {
        line.pk: badge_of(line, answers.get(line.department_id), is_contested=line.pk in contested, on=today)
        for line in rows
    }
    return {pk: badge for pk, badge in badges.items() if badge is not None}


def _actuals(budget: Budget, rows: Sequence[BudgetLine]) -> dict[int, Decimal]:
    """Last year's money of the project beside the first of its lines in a category: it is known per project only."""
    kinds = [line for line in rows if line.category in METRICS]
    projects = {line.project_id for line in kinds}
    first = BudgetLine.objects.filter(budget=budget, project__in=projects, category__in=METRICS).order_by()
    firsts = set(first.values("project", "category").annotate(first=Min("number")).values_list("first", flat=True))
    known = Actual.objects.filter(
        year=budget.cycle.year - 1, department__in={line.department_id for line in kinds},
        slug__in={line.project.slug for line in kinds},
    )  # fmt: skip
    found = {(actual.department_id, actual.slug): actual for actual in known}
    values = {
        line.pk: getattr(found.get((line.department_id, line.project.slug)), METRICS[line.category], None)
        for line in kinds
        if line.number in firsts
    }
    return {pk: value for pk, value in values.items() if value is not None}


def _actual_sum(budget: Budget, lines: QuerySet[BudgetLine]) -> Decimal | None:
    """The sum of what is known of last year; where nothing is known there is no sum, not a zero."""
    known = Project.objects.filter(
        cycle_id=budget.cycle_id, department__actuals__year=budget.cycle.year - 1,
        department__actuals__slug=F("slug"),
    )  # fmt: skip
    sums = {
        category: Sum(
            f"department__actuals__{metric}",
            filter=Q(pk__in=lines.filter(category=category).order_by().values("project_id")),
        )
        for category, metric in METRICS.items()
    }
    found = [amount for amount in known.aggregate(**sums).values() if amount is not None]
    return sum(found, NOTHING) if found else None


def closed(address_of: QueryDict) -> str:
    """The address of the sheet without its drawer."""
    there = address_of.copy()
    there.pop("line", None)
    return f"?{there.urlencode()}"
