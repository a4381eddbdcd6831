"""What is needed: a step its role takes, said by whoever keeps the training, and the same once it was learned."""

from types import SimpleNamespace
from typing import Any

import pytest

from evaluations.models import TrainingNeed, TrainingSession
from evaluations.tests.test_training import AFTER, NEED, UNTRAINED, invited, session
from evaluations.training import actions
from evaluations.training.actions import NeedTerms
from planning.forecasts.actions import start_report
from planning.models import Cycle
from planning.tests.requesting import APRIL, MARCH, forecast_year
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotReady, NotYours
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.conflicts import held_by
from sop_portal.tests.page_text import html_of, words_of
from sop_portal.tests.small_year import AUGUST

__all__ = ["session"]


@pytest.mark.parametrize(
    ("other", "match"),
    [
        ({"role": "finance"}, "Nobody in this role takes the step"),
        ({"step": "forecast/dance"}, "Step"),
        ({"title": " "}, "empty"),
        ({"holds_years": 0}, "less than it can be"),
        ({"stage": "holidays"}, "cannot be"),
    ],
)
def test_a_need_is_about_a_step_its_role_takes(
    other: dict[str, Any], match: str, cast: SimpleNamespace, running: Cycle
) -> None:
    with pytest.raises(NotReady, match=match):
        actions.add_need(NeedTerms(**vars(NEED) | other), by=cast.ada, at=AUGUST)
    assert TrainingNeed.objects.count() == 0


def test_only_whoever_keeps_the_training_says_what_is_needed(cast: SimpleNamespace, running: Cycle) -> None:
    for person in (cast.amina, cast.emil, cast.omar):
        with pytest.raises(NotYours):
            actions.add_need(NEED, by=person, at=AUGUST)
    actions.add_need(NEED, by=cast.chidi, at=AUGUST)
    assert Entry.objects.filter(kind="training-need", verb="create").count() == 1


def test_what_people_learned_stays_what_they_learned(session: TrainingSession, cast: SimpleNamespace) -> None:
    def changed(**other: Any) -> TrainingNeed:
        return actions.change_need(session.need, NeedTerms(**vars(NEED) | other), by=cast.ada, at=AFTER)

    changed(title="Write forecasts")
    changed()
    invited(session, cast.amina, cast=cast)
    session.refresh_from_db()
    actions.hold(session, came=[cast.amina.pk], by=cast.chen, at=AFTER, seen=session.version)
    others = ({"title": "Write requests"}, {"role": "lead"}, {"step": "forecast/accept"})
    for other in others:
        with pytest.raises(NotReady, match="its title, role and step stay") as refused:
            changed(**other)
        assert refused.value.way_out == "Add another training need, and stop asking for this one."
    changed(holds_years=3, stage="request", is_asked=False)
    assert str(TrainingSession.objects.get()).startswith("Training “Write a forecast”")


@pytest.mark.parametrize(
    ("step", "stage", "count"), [("request/submit", "request", 1), ("forecast/submit", "forecast", 0)]
)
def test_whoever_publishes_the_demand_report_is_warned_of_who_is_untrained_for_what_opens_with_it(
    cast: SimpleNamespace, as_person: Any, step: str, stage: str, count: int
) -> None:
    actions.add_need(NeedTerms("Ask for resources", "head", step, stage), by=cast.ada, at=MARCH)
    report = start_report(forecast_year(cast).cycle, by=cast.chidi, at=APRIL)
    with clock.at(APRIL):
        page = as_person(cast.chidi).get(f"{report.get_absolute_url()}publish/")
    assert words_of(page).count(f"{UNTRAINED} this stage are not trained for it: Ask for resources") == count
    assert ('href="/2027/training/">Who still needs' in html_of(page)) == bool(count)


def test_a_need_is_not_set_back_by_a_page_from_before(session: TrainingSession, cast: SimpleNamespace) -> None:
    seen = held_by(session.need, vars(NEED))

    def changed(**other: Any) -> TrainingNeed:
        return actions.change_need(session.need, NeedTerms(**vars(NEED) | other), by=cast.ada, at=AFTER, seen=seen)

    changed(title="Write forecasts")
    both = changed(holds_years=5)
    assert (both.title, both.holds_years) == ("Write forecasts", 5)
    with pytest.raises(Changed):
        changed(title="Read forecasts")
