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
from budgets.drafting.queries.lines import SheetNarrowing, actual_total_of, actuals_of, answers_to, narrowed
from budgets.drafting.queries.sums import totals_of
from sop_portal.foundation.kit.constraints import Words
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.templatetags.icons import state

ROWS = 50
# What is known of last year stands with the projects and is added up at each look; for more lines than these the page
# comes first and asks for that one figure behind it.
ADDED_UP = 5_000
MOST_DIGITS = 9
ORDER = [str(category) for category in Category]


@dataclass(frozen=True)
class BudgetRow:
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
class BudgetGroup:
    """The lines of one category on this page."""

    label: Words
    rows: list[BudgetRow]


@dataclass(frozen=True)
class BudgetSheet:
    """One page of the sheet and the totals of everything it was narrowed to."""

    groups: list[BudgetGroup]
    shown: int
    count: int
    settled: int
    sums: LineSums
    actual: Decimal | None
    quarters: list[str]
    decimals: int
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
    rows, before, after = page_of(lines, query)
    total = totals_of(budget, narrowed(seen, budget, {"department": department}), sums, wanted.get("state") or "")
    actuals = actuals_of(budget, rows)
    amounts = (amount for line in rows for amount in line.quarters)
    places = decimals([*actuals.values(), total.sums.allocated, *total.sums.quarters, *amounts])
    is_added = total.sums.count <= ADDED_UP or "added" in query
    return BudgetSheet(
        groups=_grouped(_rows_of(budget, rows, actuals, places, query, today)),
        shown=len(rows),
        count=total.sums.count,
        settled=total.settled,
        sums=total.sums,
        actual=actual_total_of(budget, lines) if is_added else None,
        quarters=quarter_names(budget.cycle.starts_on),
        decimals=places,
        previous_url=before and _address(query, before=before),
        next_url=after and _address(query, after=after),
        added_url="" if is_added else _with(query, added="last-year"),
    )


def _rows_of(
    budget: Budget,
    lines: Sequence[BudgetLine],
    actuals: Mapping[int, Decimal],
    places: int,
    query: QueryDict,
    today: date,
) -> list[BudgetRow]:
    badges, alike = _badges(budget, lines, today), lines_alike(lines)
    requests = reverse("requests", args=[budget.cycle.year])
    return [
        BudgetRow(
            line=line,
            url=_address(query, line=str(line.number)),
            request_url=f"{requests}{line.department.slug}/?line={line.allocation_id}#line-{line.allocation_id}",
            project=line.project.name,
            department=line.department.name,
            what=line.allocation.called if line.pk in alike else "",
            actual=money(actuals.get(line.pk), places),
            allocated=money(line.allocated, places),
            q1=money(line.q1, places),
            q2=money(line.q2, places),
            q3=money(line.q3, places),
            q4=money(line.q4, places),
            amount=money(line.amount, places),
            badge=_badge_html(badges[line.pk]),
            is_open=query.get("line", "") == str(line.number),
        )
        for line in lines
    ]


def _badges(budget: Budget, lines: Sequence[BudgetLine], today: date) -> dict[int, LineBadge | None]:
    answers = answers_to(budget, lines)
    return {
        line.pk: badge_of(
            line,
            answers.confirmations.get(line.department_id),
            is_contested=line.pk in answers.contested,
            on=today,
        )
        for line in lines
    }


def _badge_html(badge: LineBadge | None) -> SafeString:
    if badge is None:
        return format_html('<span class="muted">{}</span>', money(None))
    return state(badge.tone, badge.label, badge.is_plain, badge.icon)


def _grouped(rows: Sequence[BudgetRow]) -> list[BudgetGroup]:
    groups = [
        BudgetGroup(label, [row for row in rows if row.line.category == value]) for value, label in Category.choices
    ]
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
    changed_query = query.copy()
    for name in ("added",) if "line" in changed else ("after", "before", "line", "added"):
        changed_query.pop(name, None)
    return _with(changed_query, **changed)


def _with(query: QueryDict, **changed: str) -> str:
    changed_query = query.copy()
    for name, value in changed.items():
        changed_query[name] = value
    return f"?{changed_query.urlencode()}"


def url_without_drawer(query: QueryDict) -> str:
    """The address of the sheet without its drawer."""
    changed_query = query.copy()
    changed_query.pop("line", None)
    return f"?{changed_query.urlencode()}"
