"""The lines of the sheet by category and quarter, fifty a page by key, with totals from the stored sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from budgets.drafting.figures import LineSums, decimals, quarter_names
from budgets.drafting.models import Budget, BudgetLine, BudgetSum, Category
from budgets.drafting.pages.line.labels import LineBadge, badge_of, lines_alike
from budgets.drafting.pages.sheet.beside import Beside, Printing, beside_lines
from budgets.drafting.queries.beside import YearBefore, sums_by_category, year_before
from budgets.drafting.queries.in_force import freed_since
from budgets.drafting.queries.lines import SheetNarrowing, actual_total_of, answers_to, narrowed
from budgets.drafting.queries.sums import totals_of
from sop_portal.foundation.kit.components import Link
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.paging import ListPage, Sort, paginate
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.templatetags.icons import state

ROWS, UNFOLDED = 50, 4
# What is known of last year stands with the projects and is added up at each look; for more lines than these the page
# comes first and asks for that one figure behind it.
ADDED_UP = 5_000
SORTS = {"category": Sort(("category", "number"), groups=tuple(Category.values))}


@dataclass(frozen=True)
class BudgetRow:
    """One line, ready to print."""

    line: BudgetLine
    url: str
    came_from: Link
    project: str
    department: str
    what: str
    allocated: str
    q1: str
    q2: str
    q3: str
    q4: str
    amount: str
    beside: Beside
    badge: SafeString
    is_open: bool


@dataclass(frozen=True)
class BudgetGroup:
    """The lines of one category on this page, and what all of its lines come to; nothing where they are too many."""

    key: str
    label: StrOrPromise
    rows: list[BudgetRow]
    sums: LineSums | None
    is_open: bool


@dataclass(frozen=True)
class BudgetSheet:
    """One page of the sheet and the totals of everything it was narrowed to."""

    groups: list[BudgetGroup]
    shown: int
    count: int
    settled: int
    asked: int
    sums: LineSums
    before: YearBefore
    actual: Decimal | None
    quarters: list[str]
    decimals: int
    in_force: Decimal | None = None
    previous_url: str = ""
    next_url: str = ""
    added_url: str = ""


def sheet_of(
    budget: Budget,
    seen: QuerySet[BudgetLine],
    sums: Sequence[BudgetSum],
    wanted: SheetNarrowing,
    query: QueryDict,
    today: date,
) -> BudgetSheet:
    """The page that ?after or ?before ask for, narrowed to what is wanted; its totals come from the stored sums."""
    lines, department = narrowed(seen, budget, wanted), wanted.get("department")
    sums = [row for row in sums if department is None or row.department_id == department.pk]
    turned = _turned(lines, seen, query)
    rows: list[BudgetLine] = turned.rows
    total = totals_of(budget, narrowed(seen, budget, {"department": department}), sums, wanted.get("state") or "")
    before = year_before(budget, rows, today)
    amounts = (amount for line in rows for amount in line.quarters)
    places = decimals([*before.spent.values(), total.sums.allocated, *total.sums.quarters, *amounts])
    is_added = total.sums.count <= ADDED_UP or "added" in query
    printed = _rows_of(budget, rows, Printing(before, places, today), query)
    return BudgetSheet(
        groups=_grouped(printed, sums_by_category(lines) if total.sums.count <= ADDED_UP else {}),
        shown=len(rows),
        count=total.sums.count,
        settled=total.settled,
        asked=total.asked,
        sums=total.sums,
        before=before,
        actual=None if before.is_running or not is_added else actual_total_of(budget, lines),
        quarters=quarter_names(budget.cycle.starts_on),
        decimals=places,
        in_force=total.sums.amount - freed if (freed := freed_since(budget, lines)) else None,
        previous_url=turned.previous_url,
        next_url=turned.next_url,
        added_url="" if is_added or before.is_running else _with(query, added="last-year"),
    )


def _rows_of(budget: Budget, lines: Sequence[BudgetLine], printing: Printing, query: QueryDict) -> list[BudgetRow]:
    badges, alike, places = _badges(budget, lines, printing.today), lines_alike(lines), printing.places
    beside = beside_lines(budget, lines, printing)
    requests = reverse("requests", args=[budget.cycle.year])
    return [
        BudgetRow(
            line=line,
            url=_with(_without(query, "added"), line=str(line.number)),
            came_from=came_from(line, requests),
            project=line.project.name,
            department=line.department.name,
            what=line.called if line.pk in alike else "",
            allocated=money(line.allocated, places),
            q1=money(line.q1, places),
            q2=money(line.q2, places),
            q3=money(line.q3, places),
            q4=money(line.q4, places),
            amount=money(line.amount, places),
            beside=beside[line.pk],
            badge=_badge_html(badges[line.pk]),
            is_open=query.get("line", "") == str(line.number),
        )
        for line in lines
    ]


def came_from(line: BudgetLine, requests: str) -> Link:
    """What was granted leads to its request line; what was brought in says where it stands in its file."""
    if line.brought_row is not None:
        return Link(line.brought_row.where, "")
    return Link("", f"{requests}{line.department.slug}/?line={line.allocation_id}#line-{line.allocation_id}")


def _badges(budget: Budget, lines: Sequence[BudgetLine], today: date) -> dict[int, LineBadge | None]:
    answers = answers_to(budget, lines)
    return {
        line.pk: badge_of(
            line,
            answers.confirmations.get(line.department_id),
            budget.cycle,
            is_contested=line.pk in answers.contested,
            on=today,
        )
        for line in lines
    }


def _badge_html(badge: LineBadge | None) -> SafeString:
    if badge is None:
        return format_html('<span class="muted">{}</span>', money(None))
    return state(badge.tone, badge.label, badge.is_plain, badge.icon)


def _grouped(rows: Sequence[BudgetRow], sums: Mapping[str, LineSums]) -> list[BudgetGroup]:
    """The rows by category; on a phone a group is folded, unless there are few rows in all."""
    is_short = len(rows) <= UNFOLDED
    found = ((value, label, [row for row in rows if row.line.category == value]) for value, label in Category.choices)
    return [BudgetGroup(value, label, inside, sums.get(value), is_short) for value, label, inside in found if inside]


def _turned(lines: QuerySet[BudgetLine], seen: QuerySet[BudgetLine], query: QueryDict) -> ListPage:
    """The lines of this page, category by category; the pages beside it open no line and add nothing up anew."""
    lines = lines.select_related("department", "project", "allocation", "brought_row")
    return paginate(lines, _without(query, "line", "added"), SORTS, "category", ROWS, among=seen)


def _without(query: QueryDict, *names: str) -> QueryDict:
    changed_query = query.copy()
    for name in names:
        changed_query.pop(name, None)
    return changed_query


def _with(query: QueryDict, **changed: str) -> str:
    changed_query = query.copy()
    for name, value in changed.items():
        changed_query[name] = value
    return f"?{changed_query.urlencode()}"


def url_without_drawer(query: QueryDict) -> str:
    """The address of the sheet without its drawer."""
    return f"?{_without(query, 'line').urlencode()}"
