"""A proposal is what the history says now, or says that the history changed since."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from planning.cycles.workflow import CYCLE
from planning.forecasts.actions import Typed, send_back, set_figures, submit, withdraw
from planning.models import Actual, Cycle, ForecastFigure, Project
from planning.projects.actions import correct_figures, import_history, record_year, undo_import
from planning.projects.figures import HistoryRow
from planning.projects.workflow.history import PAST_FIGURE
from planning.tests.stage_one import accepted, filled, forecast_of, known, line_of, open_year, submitted
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.seals import seal_loaded
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.without_constraints import as_if_by_an_act

Browser = Callable[[User], Client]
LINE = "/2027/forecasts/arts/project/story-hours/"


@shared_fixture
def year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Cycle:
    """Three years of Story hours are known; the forecast of 2027 takes what they propose."""
    for past, participants in ((2024, 2800), (2025, 2600), (2026, 2800)):
        known(arts, "story-hours", past, participants=str(participants), money="100")
    cycle = open_year(cast, noon)
    filled(sports, "Chess", cast.bao, noon)
    return cycle


@pytest.fixture
def story(year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime) -> Project:
    """Story hours in the forecast; only what is not known was typed."""
    from_nothing = Typed(Decimal(10), "feedback", "Counted")
    with clock.at(noon):
        project = filled(arts, "Story hours", cast.amina, noon)
    line = line_of(project)
    said = {"participants": Typed(None), "money": Typed(None), "activities": from_nothing}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    return project


def bring(cast: SimpleNamespace, at: datetime, *rows: tuple[str, int, int], **options: Any) -> Any:
    read = [
        HistoryRow.of("Arts", project, past, {"participants": Decimal(figure)}, number)
        for number, (project, past, figure) in enumerate(rows, 2)
    ]
    return import_history(read, file_name="new.csv", by=cast.ada, at=at, **options)


def participants() -> ForecastFigure:
    return ForecastFigure.objects.get(metric="participants", line__project__slug="story-hours")


def test_proposal_and_band_come_from_the_same_years(story: Project) -> None:
    found = participants()
    assert (found.proposal, found.proposal_year) == (2800, 2026)
    assert found.span == (Decimal("2600.00"), Decimal("3015.38"))


def test_an_import_brings_an_open_forecast_up_to_date(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    before = forecast_of(arts)
    bring(cast, noon, ("Story hours", 2026, 2930), replace=True)
    found, forecast = participants(), forecast_of(arts)
    assert (found.proposal, found.proposal_year, found.figure) == (2930, 2026, 2930)
    assert found.low <= 2930 <= found.high
    assert (forecast.participants, Project.objects.get(slug="story-hours").participants_planned) == (2930, 2930)
    assert forecast.version > before.version
    entry = Entry.objects.filter(verb="follow-history").latest("position")
    assert (entry.by_id, entry.comment) == (cast.ada.pk, "new.csv")
    assert [(c["where"], c["field"], c["old"], c["new"]) for c in entry.changes] == [
        ("Story hours", "participants", "2800", "2930")
    ]
    assert problems() == []


def test_whoever_saw_the_figures_before_looks_again(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    seen = forecast_of(arts)
    bring(cast, noon, ("Story hours", 2026, 2930), replace=True)
    with pytest.raises(Changed):
        submit(forecast_of(arts), by=cast.amina, at=noon, seen=seen.version)


def test_an_override_stands_and_its_proposal_follows(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(story)
    said = {"participants": Typed(Decimal(5000), "feedback", "Two schools more")}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    bring(cast, noon, ("Story hours", 2026, 2930), replace=True)
    found = participants()
    assert (found.proposal, found.override, found.figure, forecast_of(arts).participants) == (2930, 5000, 5000, 5000)
    assert problems() == []


def test_what_was_handed_in_stays_and_says_what_changed(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: Browser
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    bring(cast, noon, ("Story hours", 2026, 2930), replace=True)
    found = participants()
    assert (found.proposal, found.proposal_now, found.outdated_at, found.figure) == (2800, 2930, noon, 2800)
    with clock.at(noon):
        page = as_person(cast.chidi).get(LINE).content.decode()
    assert "The history changed since: now 2,930, it was 2,800." in page
    assert "of 2026" in page
    assert problems() == []


def test_a_mark_goes_when_the_history_is_again_what_it_was(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    submitted(arts, cast.amina, noon)
    taken = bring(cast, noon, ("Story hours", 2026, 2930), replace=True)
    assert participants().outdated_at == noon
    undo_import(taken, by=cast.ada, at=noon)
    assert (participants().outdated_at, participants().proposal_now) == (None, None)
    assert problems() == []


@pytest.mark.parametrize("way", ["withdraw", "send-back"])
def test_what_can_be_changed_again_follows(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime, way: str
) -> None:
    forecast = submitted(arts, cast.amina, noon)
    bring(cast, noon, ("Story hours", 2026, 2930), replace=True)
    forecast.refresh_from_db()
    if way == "withdraw":
        withdraw(forecast, by=cast.amina, at=noon, seen=forecast.version)
    else:
        send_back(forecast, by=cast.chidi, at=noon, seen=forecast.version, comment="The history was corrected")
    found = participants()
    assert (found.proposal, found.outdated_at, forecast_of(arts).participants) == (2930, None, 2930)
    assert problems() == []


def test_an_undone_import_takes_its_proposals_along(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    Actual.objects.filter(department=arts).exclude(year=2024).delete()
    as_if_by_an_act(PAST_FIGURE)
    taken = bring(cast, noon, ("Story hours", 2025, 50))
    assert (participants().proposal, participants().proposal_year, participants().span) == (50, 2025, None)
    undo_import(taken, by=cast.ada, at=noon)
    assert (participants().proposal, participants().proposal_year) == (2800, 2024)
    assert problems() == []


def test_a_correction_and_an_evaluation_are_followed_too(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    actual = Actual.objects.get(department=arts, year=2026)
    correct_figures(actual, {"participants": Decimal(2700)}, reason="Counted twice", by=cast.amina, at=noon, seen=0)
    assert participants().proposal == 2700
    figures = dict.fromkeys(("activities", "people", "materials", "money"), None) | {"participants": Decimal(2650)}
    with transaction.atomic():
        past = Cycle.objects.create(
            year=2026,
            starts_on="2026-07-01",
            ends_on="2027-06-30",
            state="closed",
            published_at=noon,
            published_by=cast.ada,
            closed_at=noon,
            closed_by=cast.ada,
        )
        ran = Project(cycle=past, department=arts, name="Story hours", slug="story-hours")
        found = record_year(ran, figures, by=cast.emil, at=noon)
        seal_loaded(CYCLE)
    assert participants().proposal == 2650
    # The evaluation itself is none of this test's.
    sentence = "no file brought them in, and no evaluation found them."
    assert problems() == [f"Actual figures {found.pk} “Story hours 2026”: {sentence}"]


def test_a_stale_proposal_is_found(story: Project, cast: SimpleNamespace, noon: datetime) -> None:
    ForecastFigure.objects.filter(pk=participants().pk).update(proposal=2900, proposal_year=2025)
    assert any("the proposal is kept as 2900.00, but the history says 2800.00." in text for text in problems())


def test_a_change_that_an_accepted_forecast_does_not_mention_is_found(
    story: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    Actual.objects.filter(department=arts, year=2026).update(participants=2930)
    assert [text for text in problems() if "the figure does not say so" in text] == [
        f"Forecast figure {participants().pk} “Story hours, participants”: "
        "the history says 2930.00 now, and the figure does not say so."
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"proposal": Decimal(3100)},
        {"low": Decimal(2900)},
        {"proposal_year": None},
        {"proposal_now": Decimal(5), "outdated_at": None},
    ],
)
def test_the_database_keeps_proposal_band_and_year_together(story: Project, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ForecastFigure.objects.filter(pk=participants().pk).update(**wrong)
