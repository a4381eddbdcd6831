"""What the portal counted and posted itself, and what files and people say of it in the history."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from evaluations.models import Evaluation
from evaluations.tests.test_reviewed_counts import OVER, corrected, past_of
from evaluations.tests.test_reviewed_money import LATER, reviewed, submitted
from planning.models import Actual, Cycle, HistoryImport
from planning.projects import actions as history
from planning.projects.figures import METRICS, HistoryRow
from sop_portal.dashboards.checks.history import remarks
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.closed_years import ABOUT_CLOSED_YEARS
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry

__all__ = ["reviewed", "submitted"]
Browser = Callable[[User], Client]


def brought(cast: SimpleNamespace, **figures: int) -> HistoryImport:
    row = HistoryRow.of("Arts", "Story hours", 2027, {name: Decimal(figure) for name, figure in figures.items()}, 2)
    return history.import_history([row], file_name="2027.csv", by=cast.ada, at=OVER, replace=True)


def by_hand(past: Actual, by: User, **figures: int) -> Actual:
    past.refresh_from_db()
    said = {name: Decimal(figure) for name, figure in figures.items()}
    return history.correct_figures(past, said, reason="By hand", by=by, at=OVER, seen=past.version)


def take_back(past: Actual, by: User) -> None:
    past.refresh_from_db()
    history.take_back_correction(past, by=by, at=OVER, seen=past.version)


def figures_of(evaluation: Evaluation) -> tuple[Decimal | None, Decimal | None, int]:
    project = type(evaluation.project).objects.get(pk=evaluation.project_id)
    return past_of(evaluation).participants, past_of(evaluation).money, project.participants_reached


def test_undoing_an_import_keeps_a_count_corrected_since(reviewed: Evaluation, cast: SimpleNamespace) -> None:
    taken = brought(cast, participants=20, money=13)
    corrected(reviewed, cast, OVER)
    assert figures_of(reviewed) == (25, 13, 25)
    history.undo_import(taken, by=cast.ada, at=OVER)
    assert figures_of(reviewed) == (25, 12, 25)
    assert (problems(), remarks()) == ([], [])


def test_undoing_an_import_that_said_another_count_brings_that_of_the_reports(
    reviewed: Evaluation, cast: SimpleNamespace
) -> None:
    taken = brought(cast, participants=22)
    corrected(reviewed, cast, OVER)
    assert figures_of(reviewed) == (22, 12, 25)
    history.undo_import(taken, by=cast.ada, at=OVER)
    assert (figures_of(reviewed), problems()) == ((25, 12, 25), [])


@pytest.mark.parametrize("first", ["by hand", "in the report"])
def test_taking_back_a_correction_by_hand_keeps_a_count_corrected_in_its_report(
    reviewed: Evaluation, cast: SimpleNamespace, first: str
) -> None:
    past = past_of(reviewed)
    if first == "in the report":
        corrected(reviewed, cast, OVER)
    by_hand(past, cast.chidi, participants=24)
    if first == "by hand":
        corrected(reviewed, cast, OVER)
    assert (figures_of(reviewed), problems()) == ((24, 12, 25), [])
    take_back(past, cast.chidi)
    assert (figures_of(reviewed), problems()) == ((25, 12, 25), [])


def test_a_correction_of_another_measure_is_taken_back_below_one_of_a_report(
    reviewed: Evaluation, cast: SimpleNamespace
) -> None:
    past = past_of(reviewed)
    by_hand(past, cast.chidi, money=11)
    corrected(reviewed, cast, OVER)
    assert figures_of(reviewed) == (25, 11, 25)
    take_back(past, cast.chidi)
    assert (figures_of(reviewed), problems()) == ((25, 12, 25), [])
    with pytest.raises(NotNow, match="by hand"):
        take_back(past, cast.chidi)


def test_of_two_corrections_the_last_is_taken_back_first(reviewed: Evaluation, cast: SimpleNamespace) -> None:
    past = past_of(reviewed)
    by_hand(past, cast.chidi, participants=24)
    by_hand(past, cast.amina, participants=23, people=90)
    corrected(reviewed, cast, OVER)
    take_back(past, cast.chidi)
    assert (past_of(reviewed).participants, past_of(reviewed).people) == (24, 100)
    take_back(past, cast.chidi)
    assert (figures_of(reviewed), problems()) == ((25, 12, 25), [])


def test_a_file_that_came_over_a_correction_is_undone_first(reviewed: Evaluation, cast: SimpleNamespace) -> None:
    past = past_of(reviewed)
    by_hand(past, cast.chidi, participants=24)
    taken = brought(cast, money=13)
    with pytest.raises(NotNow, match="replaced these figures since they were corrected") as refusal:
        take_back(past, cast.chidi)
    assert str(refusal.value.way_out) == "Undo that import first."
    history.undo_import(taken, by=cast.ada, at=OVER)
    take_back(past, cast.chidi)
    assert (figures_of(reviewed), problems()) == ((20, 12, 20), [])


def test_a_page_of_figures_that_came_round_again_is_an_old_one(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: Browser
) -> None:
    past, seen = past_of(reviewed), past_of(reviewed).version
    by_hand(past, cast.chidi, participants=24)
    old = past_of(reviewed).version
    take_back(past, cast.chidi)
    by_hand(past, cast.chidi, participants=23)
    for version in (seen, old):
        with pytest.raises(Changed):
            history.take_back_correction(past, by=cast.amina, at=OVER, seen=version)
        with pytest.raises(Changed):
            history.correct_figures(
                past, {"participants": Decimal(22)}, reason="Old", by=cast.amina, at=OVER, seen=version
            )
    url = f"/2027/past/arts/{past.pk}/take-back/"
    with clock.at(OVER):
        head = as_person(cast.amina)
        for more in ({"seen": old}, {}):
            assert head.post(url, {"key": str(uuid4()), **more}).status_code == 409
        page = head.get(f"/2027/past/arts/{past.pk}/").content.decode()
        assert f'name="seen" value="{past_of(reviewed).version}"' in page
        assert head.post(url, {"key": str(uuid4()), "seen": past_of(reviewed).version}).status_code == 302
    assert figures_of(reviewed) == (20, 12, 20)


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ({"participants": 99_999_999}, "“Participants” of 99,999,999 is far from the 20"),
        ({"activities": 1001}, "“Activities” of 1,001 is far from the 1"),
        ({"money": 1001}, "“Materials and money” of 1,001.00 is far from the 12.00"),
        ({"money": 600, "materials": 600}, "“Materials and money” of 1,200.00 is far from the 12.00"),
    ],
)
def test_no_figure_of_another_size_is_written_over_the_portals_own(
    reviewed: Evaluation, cast: SimpleNamespace, figures: dict[str, int], says: str
) -> None:
    past = past_of(reviewed)
    with pytest.raises(NotReady) as refusal:
        by_hand(past, cast.amina, **figures)
    [missing] = refusal.value.missing
    assert (says in str(missing), missing.url) == (True, reviewed.project.get_absolute_url())
    with pytest.raises(NotReady) as refused:
        brought(cast, **figures)
    assert f"is far from the {says.rsplit(maxsplit=1)[-1]} of the project" in str(refused.value.missing[0])
    assert figures_of(reviewed) == (20, 12, 20)
    # What the portal does not hold is not held against it.
    assert by_hand(past, cast.amina, people=4000).people == 4000


def test_a_large_figure_has_a_least_one(reviewed: Evaluation, cast: SimpleNamespace) -> None:
    type(reviewed.project).objects.filter(pk=reviewed.project_id).update(participants_reached=1169)
    Actual.objects.filter(pk=past_of(reviewed).pk).update(participants=1169)
    with pytest.raises(NotReady, match="stay as they are") as refusal:
        by_hand(past_of(reviewed), cast.amina, participants=116)
    assert "Enter 117 to 11,690." in str(refusal.value.missing[0])
    assert by_hand(past_of(reviewed), cast.amina, participants=117).participants == 117


def test_what_contradicts_the_portals_own_record_is_shown_and_told_once(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: Browser
) -> None:
    past = by_hand(past_of(reviewed), cast.amina, participants=24)
    says = "Participants: 24 here, 20 in its reports and expenses"
    told = Notice.objects.filter(verb="contradict")
    people = {"dora", "dev", "emil", "elif"} & set(vars(cast))
    assert set(told.values_list("person", flat=True)) == {getattr(cast, name).pk for name in people}
    assert all(says in notice.texts["en"] for notice in told)
    by_hand(past, cast.amina, participants=23)
    assert told.count() == len(people)
    with clock.at(OVER):
        chidi = as_person(cast.chidi)
        assert "Participants: 23 here, 20 in its" in chidi.get(f"/2027/past/arts/{past.pk}/").content.decode()
        assert "says otherwise than its reports and expenses" in chidi.get("/2027/past/arts/").content.decode()
    said = StringIO()
    assert problems() == []
    call_command("check_invariants", stdout=said)
    assert "Participants: 23 here, 20 in its reports and expenses; a kept reason says so." in said.getvalue()
    take_back(past, cast.amina)
    take_back(past, cast.amina)
    assert (remarks(), told.count()) == ([], len(people))


def test_a_file_that_contradicts_it_is_told_of_once(reviewed: Evaluation, cast: SimpleNamespace) -> None:
    taken = brought(cast, participants=24, money=13)
    told = Notice.objects.filter(verb="contradict", kind="history", record_id=taken.pk)
    assert told.exists()
    assert all("of 1 project." in notice.texts["en"] for notice in told)
    assert (len(remarks()), problems()) == (2, [])


def test_checks_see_a_figure_that_no_kept_reason_explains(reviewed: Evaluation) -> None:
    for metric in ("activities", "participants", "money"):
        actual = past_of(reviewed)
        was = actual.figures[metric] or Decimal(0)
        Actual.objects.filter(pk=actual.pk).update(**{metric: was + 1})
        assert any("and no kept reason says so" in problem for problem in problems())
        Actual.objects.filter(pk=actual.pk).update(**{metric: was})
    assert problems() == []


def test_past_figures_of_a_closed_year_are_corrected_as_the_list_says(
    reviewed: Evaluation, cast: SimpleNamespace
) -> None:
    Cycle.objects.filter(year=2027).update(state="closed", closed_at=LATER, closed_by=cast.ada)
    past = by_hand(past_of(reviewed), cast.amina, participants=21)
    take_back(past, cast.amina)
    verbs = set(Entry.objects.filter(kind="actual", at=OVER).values_list("verb", flat=True))
    assert (verbs, past_of(reviewed).participants) == (ABOUT_CLOSED_YEARS["actual"], 20)
    assert set(METRICS) == set(past.figures)
    assert LATER + timedelta(days=1) < OVER
