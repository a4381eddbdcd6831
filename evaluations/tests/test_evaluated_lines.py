"""A project that is evaluated gets no more money, by whichever way it is asked for."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.drafting import actions as budgets
from budgets.drafting.actions import LineAmounts
from budgets.models import Budget, BudgetLine, Confirmation, SpendingException
from budgets.spending import actions as spending
from evaluations.models import Evaluation, ProgressReport
from evaluations.reports import actions as reports
from evaluations.reports.actions import ReportContent
from evaluations.reviews import actions as reviews
from planning.models import Project
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, decline_corrections, small_year

SEPTEMBER = AUGUST.replace(month=9, day=6)
ZERO = Decimal(0)
SENTENCE = "the project is evaluated, so its line holds at most"


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    return small_year(cast)


def evaluate(project: Project, cast: SimpleNamespace) -> None:
    """Everything still owed for a completed project is handed in, and its evaluation reviewed."""
    for row in ProgressReport.objects.filter(project=project, state="draft").order_by("pk"):
        reports.write(row, ReportContent(1, 20, "-", "-", "-"), by=cast.amina, at=SEPTEMBER, seen=row.version)
        reports.submit(row, by=cast.amina, at=SEPTEMBER, seen=row.version)
        reports.accept(row, by=cast.emil, at=SEPTEMBER, seen=row.version)
    for asked in SpendingException.objects.filter(appropriation__project=project, state="asked"):
        spending.refuse(asked, by=cast.dev, at=SEPTEMBER, seen=asked.version, comment="No")
    decline_corrections(project, cast.emil, SEPTEMBER)
    found = Evaluation.objects.get(project=project)
    reviews.review(found, by=cast.emil, at=SEPTEMBER, seen=found.version, comment="Fine")


def amended(project: Project, change: int, cast: SimpleNamespace) -> tuple[Budget, BudgetLine]:
    """A version in which the project's first line holds so much more."""
    version = budgets.amend(Budget.objects.get(state="approved"), reason="Rent", by=cast.dora, at=SEPTEMBER)
    line = BudgetLine.objects.filter(budget=version, project=project).order_by("number")[0]
    amounts = LineAmounts(line.amount + change, ZERO, ZERO, ZERO, more_reason="Rent rose")
    line = budgets.set_line(line, amounts, by=cast.dora, at=SEPTEMBER, seen=version.version)
    version.refresh_from_db()
    return version, line


def test_its_department_cannot_want_more_for_its_line_than_is_in_force(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    evaluate(year.arts.project, cast)
    version, line = amended(year.arts.project, -50, cast)
    budgets.share(version, by=cast.dora, at=SEPTEMBER, seen=version.version)
    answer = Confirmation.objects.get(budget=version)
    with pytest.raises(NotReady) as refusal:
        budgets.contest(
            answer,
            contested={line.pk: (line.amount + 300, "Rent")},
            by=cast.amina,
            at=SEPTEMBER,
            seen=answer.version,
        )
    assert SENTENCE in str(refusal.value.missing)
    # What was in force before may come back.
    budgets.contest(
        answer, contested={line.pk: (line.amount + 50, "Rent")}, by=cast.amina, at=SEPTEMBER, seen=answer.version
    )


def test_what_was_raised_before_the_evaluation_is_not_shared_after_it(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    version, _line = amended(year.arts.project, 500, cast)
    evaluate(year.arts.project, cast)
    with pytest.raises(NotReady) as refusal:
        budgets.share(version, by=cast.dora, at=SEPTEMBER, seen=version.version)
    assert SENTENCE in str(refusal.value.missing)
