"""The expenses of a year under way: what was spent before it came into the portal."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from budgets.models import Appropriation, Expense
from budgets.spending import actions
from budgets.spending.figures import FilePlace, Payment
from budgets.spending.models import receipt_key_of
from planning.models import Cycle
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.bounds import MONEY
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.text import same_name, same_words
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.days import Day
from sop_portal.workbook.cells.known import Known, KnownPlan, LineInForce, Row
from sop_portal.workbook.cells.lines import LineNumber
from sop_portal.workbook.cells.values import LongText, Name, Number, PlanYear
from sop_portal.workbook.list_sheet import (
    CLOSED_YEAR,
    ListSheet,
    ReadRow,
    Wrong,
    settle_department,
    settle_line,
    settle_year,
)
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.sheets.plan import FORCED
from sop_portal.workbook.sheets.plan_columns import CATEGORIES
from sop_portal.workbook.taking_back import as_day, as_figure, gone, refuse_later_change

KIND = "expense"
OF_LINE = ("department", "project", "category", "fund")

NOT_IN_FORCE = Wording(
    "no-plan-in-force",
    _(
        "Row %(row)s: no plan of %(year)s is in force, so nothing can be spent on it. Leave this sheet out for now, "
        "and bring it once a manager has confirmed the plan."
    ),
)
NO_LINE = Wording(
    "no-line",
    _("Row %(row)s: no approved line of %(year)s fits. Write the number of the line, or its department and project."),
)
SEVERAL_LINES = Wording(
    "several-lines",
    _("Row %(row)s: %(lines)s fit. Write the number of the line, or its category and funding source too."),
)


class ExpensesSheet(ListSheet):
    """One row an expense."""

    key = "expenses"
    title = _("Expenses to date")
    says = _("What was spent in a year under way. Each row names its line, or the department and project of it.")
    also = ("expenses", "spent", "payments", "支出明细", "已付款项")
    can = (Can.RUN_CYCLE, Can.COMPILE_BUDGET)
    named = ("date", "what")
    columns = (
        Column(
            "date",
            _("Date of the expense"),
            _("The day on which it was spent."),
            "2027-02-17",
            Day(),
            ("date", "day", "paid on", "日期", "支出日期"),
            is_required=True,
        ),
        Column(
            "amount",
            _("Amount"),
            _("How much was spent."),
            "312.40",
            Number(MONEY),
            ("total", "sum", "金额", "支出金额"),
            is_required=True,
            measure="money",
        ),
        Column(
            "what",
            _("What for"),
            _("A few words."),
            _("Picture books"),
            Name(),
            ("description", "text", "details", "用途", "摘要"),
            is_required=True,
        ),
        Column(
            "line",
            _("Line number"),
            _("The number of the line it was spent on."),
            "12",
            LineNumber(),
            ("line no", "line no.", "明细编号"),
        ),
        Column(
            "department",
            _("Department"),
            _("Where no line is named: whose it is."),
            _("Arts"),
            Name(),
            ("部门", "department name", "dept", "unit", "branch", "单位"),
            offers="departments",
        ),
        Column(
            "project",
            _("Project"),
            _("Where no line is named: what it was spent on."),
            _("Story hours"),
            Name(),
            ("project name", "programme", "program", "项目", "项目名称"),
        ),
        Column(
            "category",
            _("Category"),
            _("Where several lines of the project would fit."),
            _("Materials"),
            CATEGORIES,
            ("type", "kind", "类别", "预算科目", "科目"),
        ),
        Column(
            "fund",
            _("Funding source"),
            _("Where several lines of the project would fit."),
            _("City grant"),
            Name(),
            ("fund", "source", "资金来源"),
            offers="funds",
        ),
        Column(
            "receipt",
            _("Receipt"),
            _("The number of the receipt."),
            "K-118",
            Name(),
            ("receipt no", "invoice", "voucher", "票据号", "凭证号", "发票号"),
        ),
        Column(
            "exception",
            _("Exception granted because"),
            _("Why it was spent outside the days of the year or the project, where an exception was granted."),
            _("The hall was free in June only."),
            LongText(),
            ("exception", "例外原因", "例外理由"),
        ),
        Column(
            "year",
            _("Plan year"),
            _("Left blank, the newest year that is not closed."),
            "2027",
            PlanYear(),
            ("year", "年度", "计划年度"),
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """Every expense that was not undone."""
        found = _uncorrected()
        if year is not None:
            found = found.filter(cycle__year=year)
        return [Kept(one.pk, _values(one)) for one in found.order_by("cycle__year", "spent_on", "pk")]

    def identity(self, values: Row, known: Known) -> Hashable:
        """The line and the receipt; without one the day and the amount as well."""
        about = values["year"], values["line"], same_words(values["what"])
        receipt = receipt_key_of(values.get("receipt", ""))
        return (*about, receipt) if receipt else (*about, values["date"], values["amount"])

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """The year, and the one line that is meant."""
        wrong = [*settle_year(values, known), *settle_department(values, known), *settle_line(values)]
        yield from wrong or _settle_line(values, known)

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """A closed year does not change."""
        year = row.values["year"]
        if row.changes and known.years[year] == Cycle.State.CLOSED:
            yield Wrong("year", CLOSED_YEAR, {"value": year})

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Post it on its line."""
        expense = _post(values, acting)
        return [Done(KIND, expense.pk, ADDED, called=expense.what)]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Undo it by a counter-entry and post it as the file has it now."""
        _undo(kept.pk, acting, _now("The file says it otherwise: %(file)s") % {"file": acting.file_name})
        expense = _post({**kept.values, **changes}, acting)
        before = {**kept.values, "row": _place_of(kept.pk)}
        return [Done(KIND, expense.pk, WAS_CHANGED, before, changes, expense.what)]

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Undo it by a counter-entry; what it took the place of is posted again."""
        expense = _uncorrected().filter(pk=done["pk"]).first()
        if expense is None:
            raise gone(done)
        now = _values(expense)
        refuse_later_change(done, {key: now.get(key) for key in done["after"]})
        _undo(expense.pk, acting, _now("The sheet was taken back."))
        if done["did"] == WAS_CHANGED:
            values = dict(done["before"])
            file_name, sheet, row = values.pop("row")
            values |= {"date": as_day(values["date"]), "amount": as_figure(values["amount"])}
            _post(values, Acting(acting.by, acting.at, acting.on, file_name, sheet, row))


def _uncorrected() -> Any:
    related = ("cycle", "department", "project", "fund", "appropriation", "brought_row", "exception")
    return Expense.objects.filter(corrects=None, correction=None).select_related(*related)


def _values(expense: Expense) -> Row:
    """An expense as the sheet has it; what is blank is left out."""
    said = {
        "date": expense.spent_on,
        "amount": expense.amount,
        "what": expense.what,
        "line": expense.appropriation.number,
        "department": expense.department.name,
        "project": expense.project.name,
        "category": expense.category,
        "fund": expense.fund.name,
        "receipt": expense.receipt,
        "exception": _exception_of(expense),
        "year": expense.cycle.year,
    }
    return {key: value for key, value in said.items() if value not in (None, "")}


def _exception_of(expense: Expense) -> str:
    """Why it stands although the guard would stop it: by an exception here, or where its file came from."""
    if expense.exception is not None:
        return str(expense.exception.why)
    return str(expense.brought_row.excepted_because) if expense.brought_row else ""


def _settle_line(values: Row, known: Known) -> Iterator[Wrong]:
    """The one approved line that a row means, with everything it says of itself."""
    year = values["year"]
    if known.plans.get(year, KnownPlan()).state not in FORCED:
        yield Wrong("", NOT_IN_FORCE, {"year": year})
        return
    fitting = [line for line in known.lines(year) if _fits(line, values)]
    if not fitting or not {"line", "project"} & set(values):
        yield Wrong("line" if "line" in values else "project", NO_LINE, {"year": year})
    elif len(fitting) > 1:
        yield Wrong("line", SEVERAL_LINES, {"lines": listed(f"{year}-{line.number}" for line in fitting[:5])})
    else:
        line = fitting[0]
        values |= {"line": line.number} | {key: getattr(line, key) for key in OF_LINE}


def _fits(line: LineInForce, values: Row) -> bool:
    if values.get("line", line.number) != line.number:
        return False
    return all(same_name(values.get(key, getattr(line, key))) == same_name(getattr(line, key)) for key in OF_LINE)


def _post(values: Row, acting: Acting) -> Expense:
    line = Appropriation.objects.get(cycle__year=values["year"], number=values["line"])
    place = FilePlace(acting.file_name, acting.sheet, acting.row) if acting.file_name and acting.row else None
    texts = (values.get("receipt", ""), place, values.get("exception", ""))
    payment = Payment(values["amount"], values["date"], values["what"], *texts)
    return actions.post(line, payment, by=acting.by, at=acting.at, can=_right(acting))


def _undo(pk: int, acting: Acting, why: str) -> None:
    expense = Expense.objects.select_related("cycle", "project", "appropriation__cycle").get(pk=pk)
    actions.correct(expense, why=why, by=acting.by, at=acting.at, can=_right(acting))


def _place_of(pk: int) -> list[Any]:
    row = Expense.objects.select_related("brought_row").get(pk=pk).brought_row
    return [row.file_name, row.sheet, row.number] if row else ["", "", 0]


def _right(acting: Acting) -> Can:
    """The right in which an expense is brought in: that of finance, or of whoever sets the year up."""
    is_finance = Actor.of(acting.by, acting.on).may(Can.COMPILE_BUDGET)
    return Can.POST_EXPENSE if is_finance else Can.RUN_CYCLE
