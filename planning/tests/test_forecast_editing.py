"""Who writes what in a draft, what the trail keeps of it, and two people at once."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from planning.forecasts.actions import (
    Typed,
    leave_out,
    set_figures,
    submit,
    take_in,
)
from planning.models import Cycle, ForecastFigure, Project
from planning.tests.stage_one import (
    FILLED,
    filled,
    forecast_of,
    line_of,
    open_year,
    planned,
    submitted,
)
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Cycle:
    """The published year, with a complete forecast of Arts."""
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)
    return cycle


def last_changes(department: Department) -> list[tuple[str, str, str, str]]:
    entry = Entry.objects.of("forecast", forecast_of(department).pk)[0]
    return [(c["where"], c["field"], c["old"], c["new"]) for c in entry.changes]


def test_leaving_out_and_taking_in_move_the_projects_totals(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    assert Project.objects.get().needed == Decimal(17260)
    leave_out(line, why="No room", by=cast.amina, at=noon, seen=line.forecast.version)
    project = Project.objects.get()
    assert (project.needed, project.activities_planned, project.participants_planned) == (Decimal(0), 0, 0)
    take_in(line, by=cast.amina, at=noon, seen=line.forecast.version)
    project = Project.objects.get()
    assert (project.needed, project.activities_planned, project.participants_planned) == (Decimal(17260), 24, 3200)
    assert last_changes(arts) == [
        ("Story hours", "planned", "no", "yes"),
        ("Story hours", "why_not", "No room", ""),
    ]


def test_a_lead_writes_the_own_project_and_no_other(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    own = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal(3300), "feedback", "Waiting list")}
    set_figures(own, said, by=cast.ben, at=noon, seen=own.forecast.version)
    other = line_of(planned(arts, "Makerspace", cast.amina, noon))
    with pytest.raises(NotYours):
        set_figures(other, said, by=cast.ben, at=noon, seen=other.forecast.version)
    with pytest.raises(NotYours):
        planned(arts, "Choir", cast.ben, noon)


@pytest.mark.parametrize("name", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_nobody_else_writes_figures(
    name: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    with pytest.raises(NotYours):
        set_figures(line, FILLED, by=getattr(cast, name), at=noon, seen=line.forecast.version)


def test_what_was_submitted_is_not_edited(year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    submitted(arts, cast.amina, noon)
    line = line_of(Project.objects.get(slug="story-hours"))
    with pytest.raises(NotNow):
        set_figures(line, FILLED, by=cast.amina, at=noon, seen=line.forecast.version)
    with pytest.raises(NotNow):
        leave_out(line, why="No", by=cast.amina, at=noon, seen=line.forecast.version)
    with pytest.raises(NotNow):
        planned(arts, "Makerspace", cast.amina, noon)


def test_the_trail_tells_what_was_typed(year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal("3300"), "trend", "A new school"), "activities": FILLED["activities"]}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    assert last_changes(arts) == [
        ("Story hours", "participants", "3200", "3300"),
        ("Story hours", "participants-source", "feedback", "trend"),
        ("Story hours", "participants-reason", FILLED["participants"].reason, "A new school"),
    ]


def test_a_reason_that_looks_like_a_day_is_read_as_it_was_typed(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: Any
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal("3300"), "trend", "2027-13-45"), "activities": FILLED["activities"]}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    with clock.at(noon):
        pages = [as_person(cast.ada).get(path) for path in ("/2027/forecasts/arts/", "/trail/")]
    assert [page.content.decode().count("2027-13-45") for page in pages] == [1, 1]


def test_saving_the_same_again_changes_nothing(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    before = (forecast_of(arts).version, Entry.objects.count())
    set_figures(line, FILLED, by=cast.amina, at=noon, seen=line.forecast.version)
    set_figures(line, FILLED, by=cast.amina, at=noon, seen=1)
    assert (forecast_of(arts).version, Entry.objects.count()) == before


def test_what_a_colleague_saved_in_the_same_project_is_not_overwritten_unseen(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    seen = line.forecast.version
    theirs = {"participants": Typed(Decimal(3050), "trend", "Mead School closes its own")}
    set_figures(line, theirs, by=cast.ben, at=noon, seen=seen)
    mine = {"participants": Typed(Decimal(3400), "feedback", "Waiting list")}
    with pytest.raises(Changed) as refused:
        set_figures(line, mine, by=cast.amina, at=noon, seen=seen)
    assert [(d.label, d.old, d.new) for d in refused.value.differences] == [
        ("Participants", "3200", "3050"),
        ("Participants, source", "feedback", "trend"),
        ("Participants, reason", FILLED["participants"].reason, "Mead School closes its own"),
    ]
    assert ForecastFigure.objects.get(line=line, metric="participants").override == Decimal(3050)


def test_two_people_in_two_projects_do_not_disturb_each_other(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    makerspace = line_of(filled(arts, "Makerspace", cast.amina, noon))
    seen = forecast_of(arts).version
    said = {"participants": Typed(Decimal(10), "trend", "Few")}
    set_figures(line_of(Project.objects.get(slug="story-hours")), said, by=cast.ben, at=noon, seen=seen)
    set_figures(makerspace, said, by=cast.amina, at=noon, seen=seen)
    assert ForecastFigure.objects.filter(metric="participants", override=10).count() == 2


def test_what_changed_meanwhile_is_not_submitted_unseen(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    forecast = forecast_of(arts)
    line = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal(9), "trend", "Few")}
    set_figures(line, said, by=cast.ben, at=noon, seen=forecast.version)
    with pytest.raises(Changed):
        submit(forecast, by=cast.amina, at=noon, seen=forecast.version)


def test_the_same_name_is_added_once(year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    with pytest.raises(NotReady) as refused:
        planned(arts, " story HOURS", cast.amina, noon)
    assert refused.value.sentence == "The forecast already has a project “Story hours”."
    with pytest.raises(NotReady):
        planned(arts, "  ", cast.amina, noon)
