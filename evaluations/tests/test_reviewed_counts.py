"""A count corrected after the review: the evaluation stays as it was, the history and what rests on it follow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.models import CountCorrection, Evaluation, ProgressReport
from evaluations.reports import actions as reports
from evaluations.reviews import actions as reviews
from evaluations.reviews.queries import facts_of
from evaluations.tests.test_reviewed_money import LATER, SEPTEMBER, reviewed, submitted
from planning.models import Actual, Metric
from planning.projects import actions as history
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import User

__all__ = ["reviewed", "submitted"]
OVER = datetime(2028, 7, 12, 17, tzinfo=UTC)


def july(evaluation: Evaluation) -> ProgressReport:
    """The report of July: 1 activity, 20 participants."""
    return ProgressReport.objects.filter(project=evaluation.project).order_by("period_first")[0]


def asked_for(evaluation: Evaluation, cast: SimpleNamespace, at: datetime) -> CountCorrection:
    return reports.correct_count(july(evaluation), "participants", 25, reason="A list", by=cast.amina, at=at)


def corrected(evaluation: Evaluation, cast: SimpleNamespace, at: datetime = LATER) -> CountCorrection:
    correction = asked_for(evaluation, cast, at)
    return reports.confirm(correction, by=cast.emil, at=at + timedelta(hours=1), seen=correction.version)


def participants_of(evaluation: Evaluation) -> tuple[Decimal | None, Decimal]:
    found = Evaluation.objects.select_related("project__cycle", "cycle", "department").get(pk=evaluation.pk)
    fact = next(fact for fact in facts_of(found).goals if fact.goal.indicator == Metric.PARTICIPANTS)
    return fact.actual, fact.actual_since


def past_of(evaluation: Evaluation) -> Actual:
    found: Actual = Actual.objects.get(slug=evaluation.project.slug, year=2027, department=evaluation.department)
    return found


def test_an_open_evaluation_follows_and_waits_for_what_is_asked(submitted: Evaluation, cast: SimpleNamespace) -> None:
    correction = asked_for(submitted, cast, SEPTEMBER)
    with pytest.raises(NotReady) as refusal:
        reviews.review(submitted, by=cast.emil, at=SEPTEMBER, seen=submitted.version)
    assert "waits for a decision" in str(refusal.value.missing[0])
    assert participants_of(submitted) == (20, 0)
    reports.confirm(correction, by=cast.emil, at=SEPTEMBER, seen=correction.version)
    assert participants_of(submitted) == (25, 0)
    submitted.refresh_from_db()
    reviews.review(submitted, by=cast.emil, at=SEPTEMBER, seen=submitted.version)
    assert (past_of(submitted).participants, problems()) == (25, [])


def test_what_was_reviewed_stays_and_the_history_follows(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    assert past_of(reviewed).participants == 20
    corrected(reviewed, cast)
    assert participants_of(reviewed) == (20, 5)
    past = past_of(reviewed)
    [before] = past.replaced.all()
    assert (past.participants, past.activities, before.participants) == (25, 1, 20)
    assert (before.why, before.reason) == ("report", "A list")
    assert problems() == []
    with clock.at(LATER + timedelta(days=1)):
        page = as_person(cast.emil).get(reviewed.get_absolute_url()).content.decode()
    assert "Corrected since the review" in page
    assert "since then +5" in page
    assert "20, corrected to 25 on " in page


def test_a_history_that_somebody_corrected_otherwise_stays(reviewed: Evaluation, cast: SimpleNamespace) -> None:
    past = past_of(reviewed)
    history.correct_figures(past, {"participants": Decimal(24)}, reason="By hand", by=cast.chidi, at=OVER, seen=0)
    corrected(reviewed, cast, OVER)
    assert (past_of(reviewed).participants, problems()) == (24, [])


def test_a_correction_from_a_report_is_not_taken_back_in_the_history(
    reviewed: Evaluation, cast: SimpleNamespace
) -> None:
    corrected(reviewed, cast)
    with pytest.raises(NotNow, match="Nothing was corrected here"):
        history.take_back_correction(past_of(reviewed), by=cast.chidi, at=OVER, seen=1)
