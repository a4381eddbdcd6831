"""What the guard needs to know, read from the rows."""

from datetime import date
from decimal import Decimal

from budgets.drafting.models import Appropriation
from budgets.spending.figures import LineFacts, Verdict, YearFacts, guard
from planning.models import Cycle, Project


def verdict_on(
    appropriation: Appropriation, amount: Decimal, spent_on: date, today: date, *, is_excepted: bool = False
) -> Verdict:
    """What the guard says of an expense on an approved line, before it is posted."""
    return guard(
        line_facts(appropriation), amount, spent_on, year_facts(appropriation.cycle, today), is_excepted=is_excepted
    )


def year_facts(cycle: Cycle, today: date) -> YearFacts:
    """The execution year of a cycle as the guard sees it."""
    return YearFacts(cycle.starts_on, cycle.ends_on, today, cycle.deviation_to_explain)


def line_facts(appropriation: Appropriation) -> LineFacts:
    """An approved line as the guard sees it."""
    project, line, fund = appropriation.project, appropriation.line, appropriation.fund
    return LineFacts(
        name=str(appropriation),
        category=str(appropriation.get_category_display()),
        approved=appropriation.approved,
        spent=appropriation.spent,
        quarters=(line.q1, line.q2, line.q3, line.q4),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        is_active=project.state == Project.State.ACTIVE,
        state=str(project.get_state_display()),
        purpose=fund.purpose if fund.is_restricted else "",
    )
