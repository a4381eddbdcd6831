"""How far a forecast missed has one answer, on the page of the accuracy and in the review of the process."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from evaluations.models import Evaluation
from evaluations.reviews.queries import forecast_results
from evaluations.tests.test_history_of_record import by_hand
from evaluations.tests.test_reviewed_counts import OVER, corrected, past_of
from evaluations.tests.test_reviewed_money import reviewed, submitted
from planning.models import Cycle, Metric, Project
from sop_portal.dashboards.pages.year.accuracy import accuracy_by_year
from sop_portal.dashboards.queries.process_results import missed, of_metric
from sop_portal.foundation.organisation.actor import Actor

__all__ = ["reviewed", "submitted"]


def answers(evaluation: Evaluation, cast: SimpleNamespace) -> tuple[Decimal, Decimal, Decimal, Decimal | None]:
    """Forecast, result, and how far off by the one page and by the other."""
    [found] = accuracy_by_year(Cycle(year=2028))[2027]
    results = of_metric(forecast_results(evaluation.cycle, Actor.of(cast.emil, OVER)), Metric.PARTICIPANTS)
    summed = missed(results)
    assert (summed.forecast, summed.actual) == (found.forecast, found.actual)
    return found.forecast, found.actual, found.off, summed.off


def test_a_count_corrected_after_the_review_is_the_same_miss_on_both_pages(
    reviewed: Evaluation, cast: SimpleNamespace
) -> None:
    assert answers(reviewed, cast) == (200, 20, 900, 900)
    corrected(reviewed, cast, OVER)
    assert answers(reviewed, cast) == (200, 25, 700, 700)
    by_hand(past_of(reviewed), cast.chidi, participants=40)
    assert answers(reviewed, cast) == (200, 40, 400, 400)


@pytest.mark.parametrize("state", ["cancelled"])
def test_what_was_cancelled_is_no_measure_of_a_forecast(reviewed: Evaluation, state: str) -> None:
    Project.objects.filter(pk=reviewed.project_id).update(state=state)
    assert accuracy_by_year(Cycle(year=2028)) == {}


def test_a_year_is_compared_on_its_own_dashboard_once_it_is_closed(reviewed: Evaluation) -> None:
    open_year, closed_year = Cycle(year=2027, state="published"), Cycle(year=2027, state="closed")
    assert accuracy_by_year(open_year) == {}
    assert accuracy_by_year(closed_year) == accuracy_by_year(Cycle(year=2028))
    assert list(accuracy_by_year(closed_year)) == [2027]
