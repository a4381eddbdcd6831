"""Progress reports: owed when a project starts, prefilled, frozen, accepted into the totals."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from budgets.spending import actions as spending
from evaluations.models import ProgressReport
from evaluations.reports import actions
from evaluations.reports.actions import ReportContent
from evaluations.reports.queries import ProjectProgress
from evaluations.tests.reporting_year import TEXTS, line_of, report_of, started_project, submitted_report
from planning.models import Cycle, Project
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role


def spend(project: Project, amount: str, on: date, by: User, at: datetime) -> None:
    spending.post(line_of(project), spending.Payment(Decimal(amount), on, "Hall"), by=by, at=at)


def test_a_started_project_owes_a_report_for_every_month(story_hours: Project) -> None:
    reports = list(ProgressReport.objects.order_by("period_first"))
    assert (len(reports), {report.state for report in reports}) == (12, {"draft"})
    first, last = reports[0], reports[-1]
    assert (first.period_first, first.period_last, first.due) == (
        date(2027, 7, 1),
        date(2027, 7, 31),
        date(2027, 8, 10),
    )
    assert (last.period_last, last.due) == (date(2028, 6, 30), date(2028, 7, 10))


def test_the_first_and_the_last_month_are_cut_to_the_project(
    running: Cycle, arts: Department, cast: SimpleNamespace
) -> None:
    started_project(
        running, arts, cast.ben, cast.amina, "Short", starts_on=date(2027, 9, 15), ends_on=date(2027, 10, 20)
    )
    found = ProgressReport.objects.order_by("period_first").values_list("period_first", "period_last", "due")
    assert list(found) == [
        (date(2027, 9, 15), date(2027, 9, 30), date(2027, 10, 10)),
        (date(2027, 10, 1), date(2027, 10, 20), date(2027, 10, 30)),
    ]


@pytest.mark.parametrize("name", ["ben", "bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_only_the_head_starts_a_project(name: str, running: Cycle, arts: Department, cast: SimpleNamespace) -> None:
    with pytest.raises(NotYours):
        started_project(running, arts, cast.ben, getattr(cast, name), "Story hours")
    assert ProgressReport.objects.count() == 0


def test_a_project_starts_once_the_budget_is_approved(running: Cycle, arts: Department, cast: SimpleNamespace) -> None:
    with pytest.raises(NotReady):
        started_project(running, arts, cast.ben, cast.amina, "Story hours", budget_approved_at=None)


@pytest.mark.parametrize("name", ["amina", "ben"])
def test_head_and_lead_write_and_submit(
    name: str, story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = submitted_report(story_hours, 10, getattr(cast, name), november)
    assert (report.state, report.submitted_by, report.is_late) == ("submitted", getattr(cast, name), False)


@pytest.mark.parametrize("name", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid", "another_lead"])
def test_nobody_else_writes_or_submits(
    name: str, story_hours: Project, arts: Department, cast: SimpleNamespace, november: datetime
) -> None:
    report = report_of(story_hours, 10)
    cast.another_lead = User.objects.create_user("lea@example.org", "planning-year", name="Lea Lindt")
    Membership.objects.create(person=cast.another_lead, role=Role.LEAD, department=arts, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours):
        actions.write(report, ReportContent(activities_held=1), by=getattr(cast, name), at=november, seen=1)
    actions.write(
        report, ReportContent(activities_held=10, participants_reached=200, **TEXTS), by=cast.ben, at=november, seen=1
    )
    with pytest.raises(NotYours):
        actions.submit(report, by=getattr(cast, name), at=november, seen=2)
    assert ProgressReport.objects.exclude(state="draft").count() == 0


def test_what_is_missing_is_said_in_sentences(story_hours: Project, cast: SimpleNamespace, november: datetime) -> None:
    report = report_of(story_hours, 10)
    with pytest.raises(NotReady) as refusal:
        actions.submit(report, by=cast.ben, at=november, seen=1)
    # Nothing was spent in a third of the year: the surplus has to be explained.
    assert [str(missing) for missing in refusal.value.missing] == [
        "Missing: Activities held in the period.",
        "Missing: Participants reached in the period.",
        "One warning is not explained yet.",
    ]


def test_a_warning_has_to_be_explained(story_hours: Project, cast: SimpleNamespace, november: datetime) -> None:
    spend(story_hours, "6200.00", date(2027, 10, 5), cast.ben, november)
    report = report_of(story_hours, 10)
    actions.write(report, ReportContent(activities_held=10, participants_reached=800), by=cast.ben, at=november, seen=1)
    with pytest.raises(NotReady) as refusal:
        actions.submit(report, by=cast.ben, at=november, seen=2)
    assert [str(missing) for missing in refusal.value.missing] == ["3 warnings are not explained yet."]
    explained = ReportContent(activities_held=10, participants_reached=800, explanation="Paid ahead.")
    actions.write(report, explained, by=cast.ben, at=november, seen=2)
    assert actions.submit(report, by=cast.ben, at=november, seen=3).state == "submitted"


@pytest.mark.parametrize(("days", "is_open"), [(-1, False), (0, True)])
def test_a_report_is_not_submitted_before_its_period_has_ended(
    days: int, is_open: bool, story_hours: Project, cast: SimpleNamespace
) -> None:
    first_moment = datetime.fromisoformat("2027-11-01T00:00-04:00")
    at = first_moment if is_open else first_moment - timedelta(microseconds=1)
    report = report_of(story_hours, 10)
    actions.write(
        report, ReportContent(activities_held=40, participants_reached=800, **TEXTS), by=cast.ben, at=at, seen=1
    )
    if is_open:
        assert actions.submit(report, by=cast.ben, at=at, seen=2).state == "submitted"
        return
    with pytest.raises(NotNow) as refusal:
        actions.submit(report, by=cast.ben, at=at, seen=2)
    assert refusal.value.sentence == "The period ends on Sunday 31\xa0October; its report can be submitted after that."


@pytest.mark.parametrize(
    ("moment", "is_late"), [("2027-11-10T23:59:59-05:00", False), ("2027-11-11T00:00-05:00", True)]
)
def test_late_is_marked_and_always_taken(
    moment: str, is_late: bool, story_hours: Project, cast: SimpleNamespace
) -> None:
    assert submitted_report(story_hours, 10, cast.ben, datetime.fromisoformat(moment)).is_late == is_late
    assert submitted_report(story_hours, 9, cast.ben, datetime.fromisoformat("2029-01-01T12:00-05:00")).is_late


def test_a_report_that_came_in_time_and_was_sent_back_is_not_late(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = submitted_report(story_hours, 10, cast.ben, november)
    actions.send_back(report, by=cast.emil, at=november, seen=report.version, comment="Which hall?")
    late = november + timedelta(days=9)
    again = actions.submit(report, by=cast.ben, at=late, seen=report.version, comment="The large one")
    assert (again.state, again.is_late) == ("submitted", False)


def test_accepted_reports_add_up_in_the_project(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    for month, activities, participants in ((7, 10, 200), (8, 9, 190), (9, 11, 250)):
        report = submitted_report(story_hours, month, cast.ben, november, activities, participants)
        if month != 9:
            actions.accept(report, by=cast.emil, at=november, seen=report.version)
    story_hours.refresh_from_db()
    assert (story_hours.activities_held, story_hours.participants_reached) == (19, 390)


@pytest.mark.parametrize("name", ["amina", "ben", "bao", "chidi", "dora", "ada", "omar", "farid"])
@pytest.mark.parametrize("verb", ["accept", "send_back"])
def test_only_management_decides(
    verb: str, name: str, story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = submitted_report(story_hours, 10, cast.ben, november)
    with pytest.raises(NotYours):
        getattr(actions, verb)(report, by=getattr(cast, name), at=november, seen=report.version, comment="Because")
    assert (
        getattr(actions, verb)(report, by=getattr(cast, "elif"), at=november, seen=report.version, comment="Why").pk
        == report.pk
    )


def test_a_manager_who_wrote_the_report_does_not_accept_it(
    story_hours: Project, arts: Department, cast: SimpleNamespace, november: datetime
) -> None:
    Membership.objects.create(person=cast.emil, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    report = submitted_report(story_hours, 10, cast.emil, november)
    Membership.objects.filter(person=cast.emil, role=Role.HEAD).delete()
    with pytest.raises(NotYours) as refusal:
        actions.accept(report, by=cast.emil, at=november, seen=report.version)
    assert refusal.value.way_out == "Elif Aydin can."
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgressReport.objects.filter(pk=report.pk).update(
            state="accepted", accepted_by=cast.emil, accepted_at=november
        )


def test_a_decided_report_is_not_edited_or_decided_again(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = submitted_report(story_hours, 10, cast.ben, november)
    actions.accept(report, by=cast.emil, at=november, seen=report.version)
    with pytest.raises(NotNow):
        actions.write(report, ReportContent(activities_held=99), by=cast.ben, at=november, seen=report.version)
    for verb in (actions.accept, actions.send_back):
        with pytest.raises(NotNow):
            verb(report, by=getattr(cast, "elif"), at=november, seen=report.version, comment="Once more")


def test_sending_back_says_why_and_tells_the_author(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = submitted_report(story_hours, 10, cast.ben, november)
    with pytest.raises(NotReady):
        actions.send_back(report, by=cast.emil, at=november, seen=report.version)
    actions.send_back(report, by=cast.emil, at=november, seen=report.version, comment="Which hall?")
    assert Notice.objects.filter(person=cast.ben, quote="Which hall?").count() == 1


def test_a_changed_report_is_not_written_over_unseen(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = report_of(story_hours, 10)
    actions.write(report, ReportContent(activities_held=7), by=cast.amina, at=november, seen=1)
    with pytest.raises(Changed) as refusal:
        actions.write(report, ReportContent(activities_held=9), by=cast.ben, at=november, seen=1)
    assert [(d.label, d.old, d.new) for d in refusal.value.differences] == [("Activities held in the period", "", "7")]


def test_a_submitted_report_without_figures_is_refused_by_the_database(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    stamps: dict[str, Any] = {"submitted_by": cast.ben, "submitted_at": november}
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgressReport.objects.filter(pk=report_of(story_hours, 10).pk).update(state="submitted", **stamps)


def test_reports_begin_to_be_owed_the_day_after_their_period(story_hours: Project) -> None:
    begun = {day: ProgressReport.objects.begun(date(2027, 8, day) - timedelta(days=1)).count() for day in (1, 2)}
    assert begun == {1: 0, 2: 1}
    Project.objects.update(state="cancelled")
    assert ProgressReport.objects.begun(date(2027, 12, 1)).count() == 0


def test_ten_times_the_plan_is_warned_of_and_explained(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = report_of(story_hours, 7)
    typed = ReportContent(activities_held=10, participants_reached=2000)
    actions.write(report, typed, by=cast.ben, at=november, seen=report.version)
    said = [warning.sentence for warning in ProjectProgress(report, date(2027, 11, 8)).warnings]
    assert "Participants: 1,000\xa0% of plan at 8\xa0% of the time." in said
    with pytest.raises(NotReady):
        actions.submit(report, by=cast.ben, at=november, seen=report.version)
    explained = ReportContent(activities_held=10, participants_reached=2000, explanation="The whole town came.")
    actions.write(report, explained, by=cast.ben, at=november, seen=report.version)
    assert actions.submit(report, by=cast.ben, at=november, seen=report.version).state == "submitted"
