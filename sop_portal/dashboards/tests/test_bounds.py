"""What lies in a closed year, outside of its record, or not where it was due is planted without guards, and found."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.models import Audit, Expense, Finding
from evaluations.models import Issue, Measure, Meeting
from planning.models import Cycle, Forecast, Project, RequestLine, ResourceRequest, StageWindow
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.every_act import NOW
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year
from sop_portal.tests.without_constraints import unguarded

# What an equation finds is the same on every database; that it finds nothing is seen on both.
pytestmark = pytest.mark.once

TABLES = (
    "planning_requestline",
    "planning_resourcerequest",
    "planning_stagewindow",
    "planning_project",
    "planning_cycle",
    "planning_forecast",
    "budgets_expense",
    "budgets_audit",
    "budgets_finding",
    "evaluations_issue",
    "evaluations_meeting",
    "evaluations_measure",
)
LONG_AGO, FAR = date(2001, 1, 1), date(2190, 1, 1)


@shared_fixture
def year(cast: SimpleNamespace) -> Cycle:
    """All five stages in small."""
    found: Cycle = small_year(cast).cycle
    return found


@pytest.fixture(autouse=True)
def no_guards(year: Cycle) -> Iterator[None]:
    """No trigger and no check stands, for the transaction of one test."""
    with unguarded(*TABLES):
        yield


def first(model: type, **where: object) -> object:
    return model.objects.filter(**where).order_by("pk")[0]  # type: ignore[attr-defined]


def changed(model: type, sentence: str, **values: object) -> str:
    row = first(model)
    model.objects.filter(pk=row.pk).update(**values)  # type: ignore[attr-defined]
    return f"{title_of(first(model, pk=row.pk))}: {sentence}"  # type: ignore[attr-defined,arg-type]


def needed_long_ago() -> str:
    return changed(RequestLine, "it is needed outside of its year.", needed_on=LONG_AGO)


def a_window_far_away() -> str:
    return changed(StageWindow, "it lies outside of its year.", grace_until=FAR)


def spent_long_ago() -> str:
    return changed(Expense, "it was spent far outside of its year.", spent_on=LONG_AGO)


def a_project_beyond_its_year() -> str:
    return changed(Project, "it lies outside of its year.", ends_on=FAR)


def a_meeting_far_away() -> str:
    return changed(Meeting, "it lies far outside of its year.", held_on=FAR)


def a_measure_far_away() -> str:
    return changed(Measure, "it is due far outside of its year.", due=FAR)


def a_finding_due_far_away() -> str:
    return changed(Finding, "its answer is due far outside of its year.", due=FAR)


def a_finding_of_more_money_than_there_is() -> str:
    sentence = "it concerns more money than the audited project or department has."
    return changed(Finding, sentence, amount=Decimal(99_999_999))


def accepted_and_not_asked() -> str:
    forecast = first(Forecast, state="accepted")
    ResourceRequest.objects.filter(department=forecast.department).update(department=_newcomer())  # type: ignore[attr-defined]
    sentence = "it is accepted and the report published, but there is no request for it."
    return f"{title_of(forecast)}: {sentence}"  # type: ignore[arg-type]


def _newcomer() -> Department:
    return Department.objects.get_or_create(name="Dance", slug="dance")[0]


def close() -> None:
    Cycle.objects.update(state="closed", closed_at=NOW - timedelta(hours=9), published_at=NOW - timedelta(days=99))


def an_audit_in_a_closed_year() -> str:
    close()
    audit = Audit.objects.create(
        cycle=Cycle.objects.get(), department=first(Department), title="Cash", planned_on=NOW.date()
    )
    return f"{title_of(audit)}: its year is closed, but it is open."


def an_expense_in_a_closed_year() -> str:
    close()
    return changed(Expense, "it was posted after its year was closed.", posted_at=NOW)


def decided_in_a_closed_year() -> str:
    close()
    sentence = "something was decided on it after its year was closed."
    return changed(Issue, sentence, state="verified", verified_at=NOW, resolved_at=NOW)


PLANTED = [
    needed_long_ago,
    a_window_far_away,
    spent_long_ago,
    a_project_beyond_its_year,
    a_meeting_far_away,
    a_measure_far_away,
    a_finding_due_far_away,
    a_finding_of_more_money_than_there_is,
    accepted_and_not_asked,
    an_audit_in_a_closed_year,
    an_expense_in_a_closed_year,
    decided_in_a_closed_year,
]


def test_nothing_is_found_before(year: Cycle) -> None:
    assert problems() == []


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_lies_where_it_may_not_is_found(plant: Callable[[], str]) -> None:
    said = plant()
    assert said in problems()
