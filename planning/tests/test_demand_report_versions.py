"""One report of all forecasts: compiled live, published, frozen, revised with a reason."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from planning.forecasts.actions import accept, publish_report, send_back, start_report, waive
from planning.forecasts.actions.lines import update_totals
from planning.forecasts.queries.report_departments import compiled
from planning.models import Cycle, DemandReport, Forecast, ForecastFigure, ReportGap, ReportLine
from planning.tests.stage_one import accepted, filled, forecast_of, known, open_year, submitted
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Cycle:
    """The published year: the forecast of Arts is accepted, that of Sports a draft."""
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)
    accepted(arts, cast.amina, cast.chidi, noon)
    return cycle


@shared_fixture
def published(year: Cycle, cast: SimpleNamespace, noon: datetime) -> DemandReport:
    """Version 1, published."""
    report = start_report(year, by=cast.chidi, at=noon)
    return publish_report(report, by=cast.chidi, at=noon, seen=report.version)


@pytest.mark.parametrize("name", ["amina", "ben", "dora", "emil", "ada", "omar", "farid"])
def test_only_the_resource_team_starts_and_publishes_it(
    name: str, year: Cycle, cast: SimpleNamespace, noon: datetime
) -> None:
    with pytest.raises(NotYours):
        start_report(year, by=getattr(cast, name), at=noon)
    report = start_report(year, by=cast.chidi, at=noon)
    with pytest.raises(NotYours):
        publish_report(report, by=getattr(cast, name), at=noon, seen=report.version)
    assert not ReportLine.objects.exists()


def test_publishing_freezes_lines_and_gaps(
    published: DemandReport, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    stored = DemandReport.objects.get()
    assert (stored.number, stored.state, stored.published_by, stored.published_at) == (1, "published", cast.chidi, noon)
    line = ReportLine.objects.get()
    assert (
        line.department,
        line.name,
        line.activities,
        line.participants,
        line.people,
        line.materials,
        line.money,
    ) == (*(arts, "Story hours", Decimal(24), Decimal(3200), Decimal("605.5"), Decimal(4290), Decimal(12970)),)
    gap = ReportGap.objects.get()
    assert (gap.department, gap.state) == (sports, "draft")


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "waived"])
def test_a_department_without_an_accepted_forecast_is_a_gap_and_never_nought(
    state: str, year: Cycle, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    known(sports, "chess", 2026, activities="12", participants="80", people="40", materials="200", money="0")
    filled(sports, "Chess", cast.bao, noon)
    if state in ("submitted", "returned"):
        forecast = submitted(sports, cast.bao, noon)
        if state == "returned":
            send_back(forecast, by=cast.chidi, at=noon, seen=forecast.version, comment="Check")
    report = start_report(year, by=cast.chidi, at=noon)
    if state == "waived":
        waive(forecast_of(sports), by=cast.ada, at=noon, seen=forecast_of(sports).version, comment="Closed")
    live = compiled(report, Actor.of(cast.chidi, noon))
    assert [row.department.slug for row in live.gaps] == ["sports"]
    assert live.sums["activities"] == Decimal(24)
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    frozen = compiled(report, Actor.of(cast.chidi, noon))
    assert [(row.department.slug, row.figures) for row in frozen.gaps] == [("sports", [])]
    assert frozen.sums == live.sums
    assert not ReportLine.objects.filter(department=sports).exists()


def test_a_new_department_without_any_forecast_is_a_gap(year: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    music = Department.objects.create(name="Music", slug="music")
    report = start_report(year, by=cast.chidi, at=noon)
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    assert ReportGap.objects.filter(department=music).get().state == "draft"


def test_a_figure_nobody_knows_is_not_summed_as_nought(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    ForecastFigure.objects.filter(metric="people").update(override=None)
    forecast = Forecast.objects.get(department=arts)
    update_totals(forecast)
    forecast.save()
    report = start_report(year, by=cast.chidi, at=noon)
    live = compiled(report, Actor.of(cast.chidi, noon))
    assert (live.sums["people"], live.included[0].figures[2]) == (None, None)
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    frozen = compiled(report, Actor.of(cast.chidi, noon))
    assert (frozen.sums["people"], ReportLine.objects.get().people) == (None, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE planning_reportline SET money = 1",
        "DELETE FROM planning_reportline",
        "UPDATE planning_reportgap SET state = 'accepted'",
        "DELETE FROM planning_reportgap",
        "UPDATE planning_reportsum SET money = 1",
        "DELETE FROM planning_reportsum",
        "UPDATE planning_demandreport SET reason = 'x'",
        "UPDATE planning_demandreport SET state = 'compiling', published_at = NULL, published_by_id = NULL",
        "DELETE FROM planning_demandreport",
    ],
)
def test_the_database_keeps_a_published_report_as_it_is(statement: str, published: DemandReport) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (ReportLine.objects.get().money, ReportGap.objects.count()) == (Decimal(12970), 1)


def test_a_published_report_does_not_follow_the_forecasts(
    published: DemandReport, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    ForecastFigure.objects.filter(metric="money").update(override=1)
    filled(sports, "Chess", cast.bao, noon)
    accepted(sports, cast.bao, cast.chen, noon)
    found = compiled(published, Actor.of(cast.chidi, noon))
    assert (found.sums["money"], [row.department.slug for row in found.gaps]) == (Decimal(12970), ["sports"])


def test_a_report_without_an_accepted_forecast_is_not_published(
    cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    report = start_report(open_year(cast, noon), by=cast.chidi, at=noon)
    with pytest.raises(NotReady) as refused:
        publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    assert [str(missing) for missing in refused.value.missing] == ["No forecast is accepted yet."]


def test_what_was_accepted_meanwhile_must_be_seen_before_publishing(
    year: Cycle, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    report = start_report(year, by=cast.chidi, at=noon)
    seen = report.version
    filled(sports, "Chess", cast.bao, noon)
    accepted(sports, cast.bao, cast.chen, noon)
    with pytest.raises(Changed) as refused:
        publish_report(report, by=cast.chidi, at=noon, seen=seen)
    assert [(d.label, d.old, d.new) for d in refused.value.differences] == [
        ("Sports: Forecast", "Submitted", "Accepted")
    ]
    publish_report(report, by=cast.chidi, at=noon, seen=seen + 1)
    assert ReportLine.objects.count() == 2


def test_there_is_one_version_at_a_time_and_a_revision_has_a_reason(
    year: Cycle, cast: SimpleNamespace, noon: datetime
) -> None:
    report = start_report(year, by=cast.chidi, at=noon)
    with pytest.raises(NotNow) as refused:
        start_report(year, by=cast.chen, at=noon, reason="Again")
    assert refused.value.sentence == "Version 1 is already being compiled."
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    with pytest.raises(NotReady):
        start_report(year, by=cast.chidi, at=noon)
    second = start_report(year, by=cast.chidi, at=noon, reason="Sports was missing")
    assert (second.number, second.reason, second.state) == (2, "Sports was missing", "compiling")
    assert Entry.objects.of("demand-report", second.pk)[0].comment == "Sports was missing"


def test_a_revision_leaves_the_version_before_it_alone(
    published: DemandReport, cast: SimpleNamespace, year: Cycle, sports: Department, noon: datetime
) -> None:
    filled(sports, "Chess", cast.bao, noon)
    accepted(sports, cast.bao, cast.chen, noon)
    second = start_report(year, by=cast.chidi, at=noon, reason="Sports was missing")
    publish_report(second, by=cast.chidi, at=noon, seen=second.version)
    assert (published.lines.count(), published.gaps.count()) == (1, 1)
    assert (second.lines.count(), second.gaps.count()) == (2, 0)


def test_no_report_is_made_of_a_year_that_is_not_open(year: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    Cycle.objects.update(state="closed", closed_at=noon, closed_by=cast.ada)
    with pytest.raises(NotNow):
        start_report(year, by=cast.chidi, at=noon)


def test_departments_that_plan_the_same_are_told_once_each(
    year: Cycle, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    filled(sports, "Story hours", cast.bao, noon)
    accepted(sports, cast.bao, cast.chen, noon)
    report = start_report(year, by=cast.chidi, at=noon)
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    notified = Notice.objects.filter(verb="shared").order_by("person__name")
    assert [(n.person.name, n.texts["en"]) for n in notified] == [
        ("Amina Diallo", "Sports plan “Story hours” too; perhaps it can be shared"),
        ("Bao Nguyen", "Arts plan “Story hours” too; perhaps it can be shared"),
    ]


def test_nobody_is_told_of_what_nobody_shares(published: DemandReport) -> None:
    assert not Notice.objects.filter(verb="shared").exists()


def test_a_forecast_accepted_after_publication_waits_for_the_next_version(
    published: DemandReport, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    filled(sports, "Chess", cast.bao, noon)
    forecast = submitted(sports, cast.bao, noon)
    accept(forecast, by=cast.chen, at=noon, seen=forecast.version)
    assert (DemandReport.objects.get().version, ReportLine.objects.count()) == (published.version, 1)
