"""The columns of a plan that was approved elsewhere, and what is said of rows that it cannot mean."""

from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext_lazy as _

from budgets.drafting.figures import QUARTERS
from budgets.models import Category
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.bounds import MONEY
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.days import Day
from sop_portal.workbook.cells.lines import LineNumber
from sop_portal.workbook.cells.values import Choice, LongText, Name, Number, PlanYear

MONTH_KEYS = {number: f"month_{number}" for number in range(1, 13)}

UNKNOWN_PROJECT = Wording(
    "unknown-project",
    _(
        "Row %(row)s, column %(column)s: “%(department)s” has no project “%(value)s” in %(year)s. "
        "Write it on the sheet of projects, or correct the name."
    ),
)
UNKNOWN_FUND = Wording(
    "unknown-fund",
    _(
        "Row %(row)s, column %(column)s: the portal has no funding source “%(value)s”. "
        "Write it on the sheet of funding sources, or correct the name."
    ),
)
NO_MONEY = Wording("no-money", _("Row %(row)s holds no money. Write amounts by quarter or month, or delete the row."))
TWO_SUMS = Wording(
    "two-sums",
    _("Row %(row)s: the months of a quarter come to %(months)s, the quarter says %(quarter)s. Correct one of them."),
)
NO_APPROVAL = Wording(
    "no-approval",
    _(
        "Row %(row)s: nothing says on which day and by whom the plan of %(year)s was approved. "
        "Write both in this row; the other rows may leave them blank."
    ),
)
OTHER_APPROVAL = Wording(
    "other-approval",
    _("Row %(row)s: a row above names another day or name. A plan was approved once; write the same in both."),
)
IN_FORCE = Wording(
    "plan-in-force",
    _("Row %(row)s: the plan of %(year)s is in force, so nothing is brought into it. Change it by an amendment."),
)
OWN_BUDGET = Wording(
    "own-budget",
    _("Row %(row)s: the budget of %(year)s is made in the portal, so no plan is brought in. Change its lines there."),
)

CATEGORIES = Choice.of(
    {value: label for value, label in Category.choices},  # noqa: C416
    people="staff|personnel|salaries|wages|payroll|人员|人员经费|工资",
    materials="supplies|material|goods|物资|材料|物料",
    services="service|services|rooms|rent|contracts|服务|场地|租金",
    travel="training|trips|差旅|培训",
)


def _quarter(number: int, *also: str) -> Column:
    names = [_("First quarter"), _("Second quarter"), _("Third quarter"), _("Fourth quarter")]
    return Column(
        QUARTERS[number - 1],
        names[number - 1],
        _("The amount of this quarter of the execution."),
        "1200.00",
        Number(MONEY),
        (f"q{number}", f"quarter {number}", f"{number}. quarter", f"{number}. quartal", f"t{number}", *also),
        measure="money",
    )


def _month(number: int) -> Column:
    return Column(
        MONTH_KEYS[number],
        MONTHS[number],
        _("The amount of this month; months are added up to quarters."),
        "400.00",
        Number(MONEY),
        (str(MONTHS_3[number]).casefold(), f"{number}月", f"month {number}"),
        measure="money",
    )


PLAN_COLUMNS = (
    Column(
        "department",
        _("Department"),
        _("Whose line it is."),
        _("Arts"),
        Name(),
        ("部门", "department name", "dept", "unit", "branch", "单位"),
        is_required=True,
        offers="departments",
    ),
    Column(
        "project",
        _("Project"),
        _("The project it is spent on, as the sheet of projects has it."),
        _("Story hours"),
        Name(),
        ("project name", "programme", "program", "项目", "项目名称"),
        is_required=True,
    ),
    Column(
        "category",
        _("Category"),
        _("What kind of spending it is."),
        _("Materials"),
        CATEGORIES,
        ("type", "kind", "类别", "预算科目", "科目"),
        is_required=True,
    ),
    Column(
        "fund",
        _("Funding source"),
        _("Where its money comes from; left blank, the general fund."),
        _("City grant"),
        Name(),
        ("fund", "source", "资金来源"),
        offers="funds",
    ),
    Column(
        "what",
        _("What it is for"),
        _("A few words that tell it from other lines of its project."),
        _("Picture books"),
        Name(),
        ("description", "details", "说明", "内容"),
    ),
    Column(
        "line",
        _("Line number"),
        _("The number of the line, where it has one; expenses may name it."),
        "12",
        LineNumber(),
        ("line no", "line no.", "明细编号"),
    ),
    _quarter(1, "第一季度", "一季度", "1季度"),
    _quarter(2, "第二季度", "二季度", "2季度"),
    _quarter(3, "第三季度", "三季度", "3季度"),
    _quarter(4, "第四季度", "四季度", "4季度"),
    *(_month(number) for number in range(1, 13)),
    Column(
        "serves_purpose",
        _("How it serves the purpose"),
        _("For a restricted fund: how the line serves what its money may be used for."),
        _("Children read in school."),
        LongText(),
        ("purpose", "用途说明"),
    ),
    Column(
        "computation",
        _("How it is computed"),
        _("What the amount is made of, in one sentence."),
        "240 × 13.75",
        LongText(),
        ("computation", "计算依据"),
    ),
    Column(
        "more_reason",
        _("Why more than was allocated"),
        _("For a line that holds more than its department had been granted: why."),
        _("Paper has become dearer."),
        LongText(),
        ("why more", "reason", "超出原因", "超过分配的原因"),
    ),
    Column(
        "approved_on",
        _("Approved on"),
        _("The day on which the plan was approved; one row is enough for the whole plan."),
        "2026-12-12",
        Day(),
        ("approval date", "批准日期"),
    ),
    Column(
        "approved_by",
        _("Approved by"),
        _("Who approved the plan, such as the board; one row is enough for the whole plan."),
        _("the board"),
        Name(),
        ("approver", "批准人", "批准机构"),
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
