"""A count of an accepted report was wrong: it is corrected under four eyes, and what was accepted stays shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from evaluations.models import CountCorrection, ProgressReport
from evaluations.reports import actions
from evaluations.reports.queries import ProjectProgress
from evaluations.tests.reporting_year import report_of, submitted_report
from planning.models import Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.bounds import COUNT
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.people.actions import delegate
from sop_portal.people.terms import Term
from sop_portal.tests.shared_fixtures import shared_fixture

Browser = Callable[[User], Client]
WRONG = "Two groups were forgotten"
DECEMBER = datetime(2027, 12, 6, 17, tzinfo=UTC)


def accepted_report(
    project: Project, month: int, cast: SimpleNamespace, at: datetime, held: int = 10
) -> ProgressReport:
    report = submitted_report(project, month, cast.ben, at, activities=held)
    return actions.accept(report, by=cast.emil, at=at, seen=report.version)


@shared_fixture
def accepted(story_hours: Project, cast: SimpleNamespace, november: datetime) -> ProgressReport:
    """The report of September, accepted: 10 activities, 200 participants."""
    return accepted_report(story_hours, 9, cast, november)


@shared_fixture
def asked(accepted: ProgressReport, cast: SimpleNamespace, november: datetime) -> CountCorrection:
    """Ben says that 12 activities were held."""
    return correct(accepted, cast.ben, november)


def correct(report: ProgressReport, by: User, at: datetime, becomes: int = 12, reason: str = WRONG) -> CountCorrection:
    return actions.correct_count(report, "activities", becomes, reason=reason, by=by, at=at)


def confirm(correction: CountCorrection, by: User, at: datetime) -> CountCorrection:
    return actions.confirm(correction, by=by, at=at, seen=correction.version)


def wrong_counts() -> list[str]:
    """What the checks find of counts; these fixtures make rows of other stages by hand."""
    told = ("activities_held", "participants_reached", " instead of ")
    return [problem for problem in problems() if any(part in problem for part in told)]


def held(project: Project) -> int:
    return Project.objects.get(pk=project.pk).activities_held


@pytest.mark.parametrize("name", ["amina", "ben"])
def test_whoever_writes_the_report_asks(
    name: str, accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    correction = correct(accepted, getattr(cast, name), november)
    assert (correction.state, correction.was, correction.becomes) == ("asked", 10, 12)
    assert held(accepted.project) == 10
    told = set(Notice.objects.filter(kind="count-correction").values_list("person__name", flat=True))
    assert "Emil Novak" in told
    assert wrong_counts() == []


@pytest.mark.parametrize("name", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_nobody_else_asks(name: str, accepted: ProgressReport, cast: SimpleNamespace, november: datetime) -> None:
    with pytest.raises(NotYours):
        correct(accepted, getattr(cast, name), november)
    assert not CountCorrection.objects.exists()


def test_confirmed_it_counts_and_the_report_stays(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    confirm(asked, cast.emil, november)
    report = report_of(asked.project, 9)
    assert (report.activities_held, report.counted("activities"), report.counted("participants")) == (10, 12, 200)
    assert (held(asked.project), asked.project.progress_reports.filter(state="accepted").count()) == (12, 1)
    assert Notice.objects.filter(kind="count-correction", person=cast.ben).exists()
    assert wrong_counts() == []


def test_declined_it_counts_for_nothing_and_says_why(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.decline(asked, by=cast.emil, at=november, seen=asked.version)
    actions.decline(asked, by=cast.emil, at=november, seen=asked.version, comment="The list says 10")
    assert (asked.state, held(asked.project)) == ("declined", 10)
    assert correct(asked.report, cast.ben, november).state == "asked"
    assert wrong_counts() == []


def test_a_correction_is_corrected_from_what_counts(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    confirm(asked, cast.emil, november)
    again = correct(asked.report, cast.amina, november, becomes=0)
    assert again.was == 12
    confirm(again, cast.emil, november)
    assert (held(asked.project), wrong_counts()) == (0, [])


def test_whoever_asked_does_not_confirm_nor_does_their_deputy(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    for name in ("ben", "amina", "dora", "bao"):
        with pytest.raises(NotYours):
            confirm(asked, getattr(cast, name), november)
    term = Term(november.date(), november.date())
    delegate(giver=cast.emil, deputy=cast.ben, role="", term=term, by=cast.emil, at=november)
    with pytest.raises(NotYours, match="You worked on this"):
        confirm(asked, cast.ben, november)
    assert confirm(asked, cast.emil, november).state == "in_force"


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_only_an_accepted_report_is_corrected(
    state: str, story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = report_of(story_hours, 9)
    if state != "draft":
        report = submitted_report(story_hours, 9, cast.ben, november)
    if state == "returned":
        actions.send_back(report, by=cast.emil, at=november, seen=report.version, comment="Count")
    with pytest.raises(NotNow, match="accepted report"):
        correct(report, cast.ben, november)


@pytest.mark.parametrize("becomes", [10, -1, int(COUNT.most) + 1])
def test_a_count_that_changes_nothing_or_cannot_be_is_refused(
    becomes: int, accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    with pytest.raises(NotReady):
        correct(accepted, cast.ben, november, becomes=becomes)


def test_a_reason_and_a_known_measure_are_needed(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    with pytest.raises(NotReady):
        correct(accepted, cast.ben, november, reason=" ")
    with pytest.raises(NotReady):
        actions.correct_count(accepted, "money", 3, reason=WRONG, by=cast.ben, at=november)


def test_the_year_holds_no_more_than_a_period_can(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    accepted_report(accepted.project, 8, cast, november, held=1)
    with pytest.raises(NotReady, match="more than it can be"):
        correct(accepted, cast.ben, november, becomes=int(COUNT.most))
    correction = correct(accepted, cast.ben, november, becomes=int(COUNT.most) - 1)
    accepted_report(accepted.project, 10, cast, november, held=1)
    with pytest.raises(NotReady):
        confirm(correction, cast.emil, november)
    assert (held(accepted.project), wrong_counts()) == (12, [])


def test_one_correction_of_a_count_waits_at_a_time(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    with pytest.raises(NotNow, match="waits for a decision"):
        correct(asked.report, cast.amina, november, becomes=13)
    other = actions.correct_count(asked.report, "participants", 250, reason=WRONG, by=cast.amina, at=november)
    assert other.was == 200


def test_later_reports_stay_as_submitted_and_say_what_changed_and_periods_add_up(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    october = accepted_report(asked.project, 10, cast, november, held=5)
    confirm(asked, cast.emil, november + timedelta(days=1))
    then = ProjectProgress(report_of(asked.project, 10), november.date())
    assert (then.activities_before, then.counted_since, int(then.activities.reached)) == (10, (2, 0), 15)
    november_s = submitted_report(asked.project, 11, cast.ben, DECEMBER, activities=1)
    later = ProjectProgress(november_s, DECEMBER.date())
    assert (november_s.activities_before, later.counted_since, int(later.activities.reached)) == (17, (0, 0), 18)
    accepted = asked.project.progress_reports.filter(state="accepted")
    assert sum(report.counted("activities") or 0 for report in accepted) == held(asked.project) == 17
    assert (october.activities_held, wrong_counts()) == (5, [])


@pytest.mark.parametrize("column", ["becomes", "was", "reason", "metric", "state"])
def test_the_database_keeps_what_was_asked(column: str, asked: CountCorrection) -> None:
    values = {"becomes": 40, "was": 11, "reason": "Else", "metric": "participants", "state": "in_force"}
    with pytest.raises(DatabaseError), transaction.atomic():
        CountCorrection.objects.filter(pk=asked.pk).update(**{column: values[column]})


def test_the_database_keeps_four_eyes_and_what_was_decided(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    rows = CountCorrection.objects.filter(pk=asked.pk)
    for person in (cast.ben, cast.amina):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(state="in_force", decided_at=november, decided_by=person)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    confirm(asked, cast.emil, november)
    for change in ({"becomes": 40}, {"decided_by": cast.dora}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize("wrong", ["was", "draft", "second"])
def test_the_database_takes_no_correction_that_is_none(
    wrong: str, asked: CountCorrection, cast: SimpleNamespace
) -> None:
    report = report_of(asked.project, 10) if wrong == "draft" else asked.report
    metric = "activities" if wrong == "second" else "participants"
    was = {"was": 3, "draft": 0, "second": 10}[wrong]
    copy = CountCorrection(report=report, metric=metric, was=was, becomes=99, reason="By hand", asked_by=cast.ben)
    copy.cycle, copy.department, copy.project = asked.cycle, asked.department, asked.project
    copy.asked_at = asked.asked_at
    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save()


def test_a_correction_is_asked_for_and_confirmed_on_pages(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    page = accepted.get_absolute_url()
    with clock.at(november):
        ben, emil = as_person(cast.ben), as_person(cast.emil)
        assert f"{page}correct/" in ben.get(page).content.decode()
        assert f"{page}correct/" not in emil.get(page).content.decode()
        assert emil.get(f"{page}correct/").status_code == 403
        assert "counted so far: 10" in ben.get(f"{page}correct/").content.decode()
        typed = {"metric": "activities", "becomes": "10", "reason": WRONG, "key": str(uuid4())}
        assert ben.post(f"{page}correct/", typed).status_code == 422
        typed |= {"becomes": "12", "key": str(uuid4())}
        answer = ben.post(f"{page}correct/", typed)
        [correction] = CountCorrection.objects.all()
        assert answer.headers["Location"] == correction.get_absolute_url()
        assert "to be corrected to 12" in ben.get(page).content.decode()
        step = f"{correction.get_absolute_url()}confirm/"
        shown = emil.get(step).content.decode()
        assert "with the correction: 12" in shown
        emil.post(step, {"seen": correction.version, "key": str(uuid4())})
        report = emil.get(page).content.decode()
        lines = ben.get("/2027/progress/export/csv/").streaming_content  # type: ignore[attr-defined]
        export = b"".join(lines).decode()
    assert "10, corrected to 12 on 8\N{NO-BREAK SPACE}November 2027 by " in report
    assert "accepted with 10" in report
    assert WRONG in report
    assert ",12,200,10,200," in export


def test_somebody_of_another_department_does_not_see_it(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    with clock.at(november):
        assert as_person(cast.amina).get(asked.get_absolute_url()).status_code == 200
        assert as_person(cast.bao).get(asked.get_absolute_url()).status_code == 404
