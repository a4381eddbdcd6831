"""The approved budget of a year, line by line: a plan that was approved elsewhere comes in with it."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from budgets.drafting import actions
from budgets.drafting.actions import OutsideApproval, PlanRow
from budgets.drafting.figures import QUARTERS
from budgets.drafting.models.fund import GENERAL_FUND
from budgets.drafting.queries.in_force import quarters_in_force
from budgets.models import BudgetLine, Fund
from planning.models import Cycle, Project
from planning.projects.imports.numbers import plain
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.cells.known import Known, KnownPlan, Row
from sop_portal.workbook.list_sheet import (
    CLOSED_YEAR,
    ListSheet,
    ReadRow,
    Wrong,
    settle_department,
    settle_line,
    settle_year,
)
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept, RowAct
from sop_portal.workbook.sheets.plan_columns import (
    IN_FORCE,
    MONTH_KEYS,
    NO_APPROVAL,
    NO_MONEY,
    OTHER_APPROVAL,
    OWN_BUDGET,
    PLAN_COLUMNS,
    TWO_SUMS,
    UNKNOWN_FUND,
    UNKNOWN_PROJECT,
)
from sop_portal.workbook.taking_back import as_day, as_figure, gone, refuse_later_change

KIND = "budget-line"
MADE_HERE = ("draft", "shared", "proposed", "endorsed")
FORCED = ("approved", "superseded")
ZERO = Decimal(0)


class PlanSheet(ListSheet):
    """One row a line of the plan."""

    key = "plan"
    title = _("Approved plan")
    says = _(
        "The budget of a year that was approved before it came into the portal, by line and quarter or month. It is "
        "in force once a manager who did not bring it has confirmed it."
    )
    also = ("plan", "approved budget", "budget lines", "已批准预算", "预算明细")
    can = (Can.RUN_CYCLE, Can.COMPILE_BUDGET)
    columns = PLAN_COLUMNS
    named = ("department", "project", "category")

    def fits(self, header: Sequence[str], known: Mapping[str, str] | None = None) -> int:
        """A plan has at least one quarter or month."""
        found = self.suggest(header, known)
        return super().fits(header, known) if {*QUARTERS, *MONTH_KEYS.values()} & set(found) else 0

    def there(self, year: int | None = None) -> list[Kept]:
        """The lines of the version in force, or of the plan that waits to be confirmed."""
        # A line that was closed before anything was spent on it is no line of the plan any more.
        held = quarters_in_force()
        return [Kept(line.pk, _values(line, q)) for line in _lines(year) if (q := held.get(line.pk)) is None or any(q)]

    def identity(self, values: Row, known: Known) -> Hashable:
        """The year, the project and what it is for, and the number of the line where it has one."""
        return *_about(values), values.get("line")

    def index(self, known: Known) -> dict[Hashable, Kept]:
        """The lines of the portal by their numbers, and by what they are about."""
        found: dict[Hashable, Kept] = {}
        for kept in self.there():
            kept.values["department"] = known.department(kept.values["department"])
            found[kept.values["year"], kept.values["line"]] = kept
            found.setdefault(_about(kept.values), kept)
        return found

    def find(self, values: Row, there: Mapping[Hashable, Kept], known: Known) -> Kept | None:
        """The line of this number, or else the one that is about the same."""
        return there.get((values["year"], values["line"]) if "line" in values else _about(values))

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """The year and department it belongs to, and the quarters its months come to."""
        wrong = [*settle_year(values, known), *settle_department(values, known), *settle_line(values)]
        yield from wrong or _added_up(values, known)

    def defaults(self, values: Row, known: Known) -> Row:
        """What is blank is nothing."""
        return dict.fromkeys(QUARTERS, ZERO)

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """Its project and fund are known, it holds money, and its plan may still come in."""
        values, year = row.values, row.values["year"]
        words = {"year": year, "department": values["department"]}
        if (year, values["department"], same_name(values["project"])) not in known.projects:
            yield Wrong("project", UNKNOWN_PROJECT, words | {"value": values["project"]})
        fund = same_name(values.get("fund", GENERAL_FUND))
        if fund not in known.funds | {same_name(GENERAL_FUND)}:
            yield Wrong("fund", UNKNOWN_FUND)
        if not any(values.get(quarter) for quarter in QUARTERS):
            yield Wrong("", NO_MONEY)
        if row.changes:
            yield from _not_brought(known, year)
        yield from _other_approval(values, known)

    def missing_at_end(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """One of the rows says on which day and by whom the plan was approved."""
        plan = known.plans.setdefault(row.values["year"], KnownPlan())
        if row.changes and plan.approval is None and not plan.is_missed:
            plan.is_missed = True
            yield Wrong("approved_on", NO_APPROVAL, {"year": row.values["year"]})

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """One line alone."""
        return self._bring([ReadRow(acting.row, values)], acting)

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """One line alone."""
        return self._bring([ReadRow(acting.row, {**kept.values, **changes}, kept)], acting)

    def acts(self, rows: Sequence[ReadRow], letters: str, acting: Acting) -> Iterator[RowAct]:
        """The lines of a year come in together, as one plan."""
        ordered = sorted(rows, key=_year_of)
        for _year, of_year in groupby(ordered, key=_year_of):
            lines = list(of_year)
            yield RowAct(0, letters, partial(self._bring, lines, acting), len(lines))

    def _bring(self, rows: Sequence[ReadRow], acting: Acting) -> list[Done]:
        cycle = Cycle.objects.get(year=_year_of(rows[0]))
        lines = BudgetLine.objects.select_related("budget__cycle", "brought_row", "fund", "project").in_bulk(
            [row.there.pk for row in rows if row.there]
        )
        found = _Found(cycle)
        plan = [found.row(row, lines.get(row.there.pk) if row.there else None, acting) for row in rows]
        approval = _approval(rows, cycle, acting)
        places = {row.there.pk: _place(lines[row.there.pk]) for row in rows if row.there}
        brought = actions.bring_plan(cycle, approval, plan, by=acting.by, at=acting.at, can=_right(acting))
        return [_done(row, line, places) for row, line in zip(rows, brought, strict=True)]

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take the line out again, or give it back what it said before."""
        line = _lines().filter(pk=done["pk"]).first()
        if line is None:
            raise gone(done)
        if done["did"] == ADDED:
            actions.take_plan_back(line, by=acting.by, at=acting.at, can=_right(acting))
            return
        now = _values(line)
        refuse_later_change(done, {key: now.get(key) for key in done["after"]})
        before = dict(done["before"])
        file_name, sheet, number = before.pop("place")
        before |= {key: as_figure(before[key]) for key in QUARTERS if key in before}
        before |= {"approved_on": as_day(before["approved_on"])} if "approved_on" in before else {}
        values = {key: value for key, value in {**now, **before}.items() if value is not None}
        place = Acting(acting.by, acting.at, acting.on, file_name, sheet, number)
        self._bring([ReadRow(number, values, Kept(line.pk, now))], place)


class _Found:
    """The records of a year that the rows of its plan speak of."""

    def __init__(self, cycle: Cycle) -> None:
        projects = Project.objects.filter(cycle=cycle).select_related("department")
        self.projects = {(project.department.name, same_name(project.name)): project for project in projects}
        self.funds = {same_name(fund.name): fund for fund in Fund.objects.all()}

    def row(self, row: ReadRow, line: BudgetLine | None, acting: Acting) -> PlanRow:
        """A row as the act takes it."""
        values = row.values if row.there is None else {**row.there.values, **row.values}
        q1, q2, q3, q4 = (values.get(quarter) or ZERO for quarter in QUARTERS)
        return PlanRow(
            self.projects[values["department"], same_name(values["project"])],
            values["category"],
            (q1, q2, q3, q4),
            row.number,
            acting.sheet,
            self.funds.get(same_name(values.get("fund", ""))),
            values.get("what", ""),
            values.get("serves_purpose", ""),
            values.get("computation", ""),
            values.get("line"),
            line,
            more_reason=values.get("more_reason", ""),
        )


def _lines(year: int | None = None) -> Any:
    lines = BudgetLine.objects.filter(budget__state__in=["brought", "returned", "approved"], is_refused=False)
    if year is not None:
        lines = lines.filter(budget__cycle__year=year)
    related = ("budget__cycle", "budget__approved_by", "department", "project", "fund", "allocation", "brought_row")
    return lines.select_related(*related, "allocation__pool").order_by("budget__cycle__year", "number")


def _values(line: BudgetLine, held: Sequence[Decimal] | None = None) -> Row:
    """A line as the sheet has it, with what it holds in force; what is blank is left out."""
    budget = line.budget
    on, by = budget.outside_on, budget.outside_by
    if on is None and budget.approved_at is not None:
        on, by = budget.cycle.day(budget.approved_at), budget.approved_by.name if budget.approved_by else ""
    said = {
        "department": line.department.name,
        "project": line.project.name,
        "category": line.category,
        "fund": line.fund.name,
        "what": line.called,
        "line": line.number,
        **dict(zip(QUARTERS, held or line.quarters, strict=True)),
        "serves_purpose": line.serves_purpose,
        "computation": line.computation,
        "more_reason": line.more_reason,
        "approved_on": on,
        "approved_by": by,
        "year": budget.cycle.year,
    }
    return {key: value for key, value in said.items() if value not in (None, "")}


def _about(values: Row) -> tuple[Hashable, ...]:
    names = (values["project"], values.get("fund", GENERAL_FUND), values.get("what", ""))
    return values["year"], values["department"], values["category"], *map(same_name, names)


def _year_of(row: ReadRow) -> int:
    return int(row.values["year"])


def _added_up(values: Row, known: Known) -> Iterator[Wrong]:
    """Put the quarters in place of the months they are made of."""
    first_on, _last_on = known.spans[values["year"]]
    months = {number: values.pop(key) for number, key in MONTH_KEYS.items() if key in values}
    sums: dict[str, Decimal] = {}
    for number, amount in months.items():
        quarter = QUARTERS[(number - first_on.month) % 12 // 3]
        sums[quarter] = sums.get(quarter, ZERO) + amount
    for quarter, amount in sums.items():
        if values.setdefault(quarter, amount) != amount:
            yield Wrong("", TWO_SUMS, {"months": plain(amount), "quarter": plain(values[quarter])})


def _not_brought(known: Known, year: int) -> Iterator[Wrong]:
    """Why nothing can be brought into the plan of a year."""
    state = known.plans.setdefault(year, KnownPlan()).state
    if known.years[year] == Cycle.State.CLOSED:
        yield Wrong("year", CLOSED_YEAR, {"value": year})
    elif state in FORCED:
        yield Wrong("", IN_FORCE, {"year": year})
    elif state in MADE_HERE:
        yield Wrong("", OWN_BUDGET, {"year": year})


def _other_approval(values: Row, known: Known) -> Iterator[Wrong]:
    """A plan was approved once: what a first row says, no other says otherwise."""
    plan = known.plans.setdefault(values["year"], KnownPlan())
    if "approved_on" not in values or "approved_by" not in values or plan.state in FORCED:
        return
    said = values["approved_on"], values["approved_by"]
    if not plan.is_said:
        plan.approval, plan.is_said = said, True
    elif plan.approval != said:
        yield Wrong("approved_on", OTHER_APPROVAL)


def _approval(rows: Iterable[ReadRow], cycle: Cycle, acting: Acting) -> OutsideApproval:
    """What one of the rows says of the approval, or else the plan that is there."""
    for row in rows:
        if "approved_on" in row.values and "approved_by" in row.values:
            return OutsideApproval(row.values["approved_on"], row.values["approved_by"], acting.file_name)
    plan = cycle.budgets.get(kind="brought", outside_on__isnull=False)
    return OutsideApproval(cast(date, plan.outside_on), plan.outside_by, acting.file_name)


def _place(line: BudgetLine) -> list[Any]:
    return [row.file_name, row.sheet, row.number] if (row := line.brought_row) else ["", "", 0]


def _done(row: ReadRow, line: BudgetLine, places: Mapping[int, list[Any]]) -> Done:
    if row.there is None:
        return Done(KIND, line.pk, ADDED, called=line.where)
    changes = row.changes
    before = {key: row.there.values.get(key) for key in changes} | {"place": places[row.there.pk]}
    return Done(KIND, line.pk, WAS_CHANGED, before, changes, line.where)


def _right(acting: Acting) -> Can:
    """The right in which a plan is brought in: that of finance, or of whoever sets the year up."""
    return acting.right_of(Can.COMPILE_BUDGET, Can.RUN_CYCLE)
