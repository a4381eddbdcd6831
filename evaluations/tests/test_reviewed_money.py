"""What was planned and spent when an evaluation was reviewed stays so; what changed afterwards stands beside it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.test import Client

from budgets.drafting import actions as budgets
from budgets.models import Appropriation, Budget, SpendingException
from budgets.spending import actions
from budgets.tests.budget_year import line_of, propose, set_amount
from evaluations.models import Evaluation, ProgressReport
from evaluations.reports import actions as reports
from evaluations.reports.actions import ReportContent
from evaluations.reviews import actions as reviews
from evaluations.reviews.queries import facts_of
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import decline_corrections, small_year

AUGUST = datetime(2027, 8, 30, 16, tzinfo=UTC)
SEPTEMBER = datetime(2027, 9, 6, 16, tzinfo=UTC)
LATER = SEPTEMBER + timedelta(days=1)


@shared_fixture
def submitted(cast: SimpleNamespace) -> Evaluation:
    """All five stages in small; the evaluation of the first project of Arts waits for its review, 12 of 799 spent."""
    project = small_year(cast).arts.project
    bill = actions.Payment(Decimal(12), date(2027, 8, 5), "Last rent")
    actions.post(Appropriation.objects.get(project=project), bill, by=cast.dora, at=AUGUST)
    for report in ProgressReport.objects.filter(project=project).exclude(state="accepted"):
        content = ReportContent(activities_held=0, participants_reached=0, explanation="It is over")
        reports.write(report, content, by=cast.ben, at=SEPTEMBER, seen=report.version)
        reports.submit(report, by=cast.ben, at=SEPTEMBER, seen=report.version)
        reports.accept(report, by=cast.emil, at=SEPTEMBER, seen=report.version)
    for asked in SpendingException.objects.filter(appropriation__project=project, state="asked"):
        actions.refuse(asked, by=cast.dev, at=AUGUST, seen=asked.version, comment="Too late")
    decline_corrections(project, cast.emil, SEPTEMBER)
    return Evaluation.objects.get(project=project)


@shared_fixture
def reviewed(submitted: Evaluation, cast: SimpleNamespace) -> Evaluation:
    """The same, reviewed by Emil."""
    return reviews.review(submitted, by=cast.emil, at=SEPTEMBER, seen=submitted.version)


def money_of(evaluation: Evaluation) -> list[tuple[str, Decimal | None, Decimal | None, Decimal, Decimal]]:
    found = Evaluation.objects.select_related("project__cycle", "cycle", "department").get(pk=evaluation.pk)
    facts = [fact for fact in facts_of(found).resources if fact.is_money]
    return [(str(f.label), f.planned, f.actual, f.planned_since, f.actual_since) for f in facts]


def cut_the_plan(evaluation: Evaluation, people: SimpleNamespace) -> None:
    """An amendment after the review leaves 700 of the 799 that its line held."""
    amendment = budgets.amend(Budget.objects.get(state="approved"), reason="Left over", by=people.dora, at=LATER)
    number = Appropriation.objects.get(project=evaluation.project).number
    set_amount(line_of(amendment, number), 700, people.dora)
    amendment.refresh_from_db()
    budgets.share(amendment, by=people.dora, at=LATER, seen=amendment.version)
    amendment = propose(amendment, people)
    budgets.approve(amendment, by=people.emil, at=LATER, seen=amendment.version)


def test_while_it_is_open_an_evaluation_follows_the_money(submitted: Evaluation, cast: SimpleNamespace) -> None:
    assert money_of(submitted)[-1] == ("Money in all", Decimal(799), Decimal(12), 0, 0)
    cut_the_plan(submitted, cast)
    assert money_of(submitted)[-1] == ("Money in all", Decimal(700), Decimal(12), 0, 0)


def test_what_was_reviewed_stays_and_what_changed_stands_beside_it(reviewed: Evaluation, cast: SimpleNamespace) -> None:
    as_reviewed = [
        ("Services and rooms", Decimal(799), Decimal(12), 0, 0),
        ("Money in all", Decimal(799), Decimal(12), 0, 0),
    ]
    assert money_of(reviewed) == as_reviewed
    cut_the_plan(reviewed, cast)
    assert money_of(reviewed) == [(label, Decimal(799), Decimal(12), -99, 0) for label, *_rest in as_reviewed]
    assert problems() == []


def test_the_page_says_what_changed_since_the_review(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    cut_the_plan(reviewed, cast)
    with clock.at(LATER):
        page = as_person(cast.emil).get(reviewed.get_absolute_url()).content.decode()
    assert page.count("since then \N{MINUS SIGN}99") == 2
    assert "Services and rooms, planned: " in page
