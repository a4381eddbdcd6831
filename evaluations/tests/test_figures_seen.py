"""Nobody hands in or reviews figures that they never saw: a count, an expense or a past year that moves is told."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from budgets.models import Appropriation, Expense
from budgets.spending import actions as spending
from budgets.spending.actions import Payment
from evaluations.models import Evaluation
from evaluations.reports import actions as reports
from evaluations.reviews import actions as reviews
from evaluations.reviews.queries import figures_shown
from evaluations.tests.test_reviewed_counts import july
from evaluations.tests.test_reviewed_money import AUGUST, LATER, SEPTEMBER, cut_the_plan, submitted
from planning.models import Actual
from planning.projects.actions import import_history
from planning.projects.figures import HistoryRow
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotReady
from sop_portal.foundation.organisation.models import User

__all__ = ["submitted"]
AFTER = SEPTEMBER + timedelta(hours=1)


def count_anew(evaluation: Evaluation, cast: SimpleNamespace, becomes: int = 25) -> None:
    correction = reports.correct_count(
        july(evaluation), "participants", becomes, reason="A list", by=cast.amina, at=SEPTEMBER
    )
    reports.confirm(correction, by=cast.emil, at=SEPTEMBER, seen=correction.version)


def counter_entry(evaluation: Evaluation, cast: SimpleNamespace) -> None:
    found = Expense.objects.get(project=evaluation.project, what="Last rent", corrects=None)
    spending.correct(found, why="Twice", by=cast.dora, at=SEPTEMBER)


def late_bill(evaluation: Evaluation, cast: SimpleNamespace) -> None:
    line = Appropriation.objects.get(project=evaluation.project)
    spending.post(line, Payment(Decimal(20), date(2027, 8, 5), "Chairs"), by=cast.dora, at=AUGUST)


def another_plan(evaluation: Evaluation, cast: SimpleNamespace) -> None:
    cut_the_plan(evaluation, cast)


def another_past(evaluation: Evaluation, cast: SimpleNamespace) -> None:
    row = HistoryRow.of("Arts", "Story hours", 2026, {"participants": Decimal(150)}, 2)
    import_history([row], file_name="2026.csv", by=cast.ada, at=SEPTEMBER, replace=True)


Move = Callable[[Evaluation, SimpleNamespace], None]
MOVES: dict[Move, tuple[str, str, str]] = {
    count_anew: ("Participants", "20", "25"),
    counter_entry: ("Services and rooms, spent", "12", "0"),
    late_bill: ("Services and rooms, spent", "12", "32"),
    another_plan: ("Services and rooms, planned", "799", "700"),
    another_past: ("Participants, the year before", "", "150"),
}
every_move = pytest.mark.parametrize("move", MOVES, ids=lambda move: move.__name__)


@every_move
def test_a_review_of_figures_that_moved_is_refused_with_the_difference(
    move: Move, submitted: Evaluation, cast: SimpleNamespace
) -> None:
    seen = submitted.version
    move(submitted, cast)
    with pytest.raises(Changed) as refusal:
        reviews.review(submitted, by=cast.emil, at=LATER, seen=seen)
    assert MOVES[move] in [(found.label, found.old, found.new) for found in refusal.value.differences]
    assert not Actual.objects.filter(slug="story-hours", year=2027, department=submitted.department).exists()
    submitted.refresh_from_db()
    assert (submitted.version, submitted.figures) == (seen + 1, figures_shown(submitted))
    reviews.review(submitted, by=cast.emil, at=LATER, seen=submitted.version)
    # The bill of August is posted after September's reports, so it counts as posted after them: a week too late.
    late = [problem for problem in problems() if "it came too late for its project" in problem]
    assert (problems(), len(late)) == (late, move is late_bill)


@every_move
def test_so_is_handing_it_in(move: Move, submitted: Evaluation, cast: SimpleNamespace) -> None:
    back = reviews.send_back(submitted, by=cast.emil, at=SEPTEMBER, seen=submitted.version, comment="Count")
    seen = back.version
    move(back, cast)
    with pytest.raises(Changed):
        reviews.submit(back, by=cast.amina, at=AFTER, seen=seen, comment="Counted")
    back.refresh_from_db()
    assert reviews.submit(back, by=cast.amina, at=AFTER, seen=back.version, comment="Counted").state == "submitted"


def test_the_page_of_a_review_answers_409_and_shows_what_moved(
    submitted: Evaluation, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    with clock.at(AFTER):
        emil, url = as_person(cast.emil), f"{submitted.get_absolute_url()}review/"
        seen = emil.get(url).context["form"]["seen"].value()
        count_anew(submitted, cast, 100)
        lessons = {f"lesson_{lesson.pk}": lesson.written for lesson in submitted.lessons.all()}
        answer = emil.post(url, {"seen": str(seen), "key": str(uuid4()), **lessons})
        page = answer.content.decode()
        again = emil.get(url).content.decode()
    assert answer.status_code == 409
    assert ("Participants" in page, "20" in page, "100" in page) == (True, True, True)
    assert Evaluation.objects.get(pk=submitted.pk).state == "submitted"
    assert "Participants. Send the evaluation back" in again


@pytest.mark.parametrize(("becomes", "is_asked"), [(30, False), (100, True), (200, False), (400, True)])
def test_what_moved_far_from_the_plan_is_explained_again(
    becomes: int, is_asked: bool, submitted: Evaluation, cast: SimpleNamespace
) -> None:
    """20 of 200 were explained. 30 is the same word; 100 and 400 are another; 200 is as planned."""
    count_anew(submitted, cast, becomes)
    submitted.refresh_from_db()
    if not is_asked:
        assert reviews.review(submitted, by=cast.emil, at=LATER, seen=submitted.version).state == "reviewed"
        return
    with pytest.raises(NotReady) as refusal:
        reviews.review(submitted, by=cast.emil, at=LATER, seen=submitted.version)
    [missing] = refusal.value.missing
    assert "Participants. Send the evaluation back" in str(missing)
    assert missing.url == f"{submitted.get_absolute_url()}send-back/"
    back = reviews.send_back(submitted, by=cast.emil, at=LATER, seen=submitted.version, comment="Say why")
    reviews.write(back, by=cast.amina, at=LATER, seen=back.version, explanation="Two lists were lost")
    again = reviews.submit(back, by=cast.amina, at=LATER, seen=back.version)
    assert reviews.review(again, by=cast.emil, at=LATER, seen=again.version).state == "reviewed"


def test_checks_see_an_evaluation_that_shows_other_figures_than_its_version(submitted: Evaluation) -> None:
    assert problems() == []
    Evaluation.objects.filter(pk=submitted.pk).update(figures=submitted.figures | {"reached-participants": "19"})
    assert any("its version shows reached-participants of 19, and it is 20" in problem for problem in problems())
