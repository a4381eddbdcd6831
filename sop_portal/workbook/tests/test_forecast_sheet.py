"""A forecast goes out as a workbook and comes back; what two people changed is asked cell by cell."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from planning.cycles.actions import create_cycle
from planning.forecasts import actions as forecasts
from planning.forecasts.actions import NewProject, publish_year
from planning.forecasts.figures import Typed
from planning.models import Forecast, ForecastFigure
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import moment, shared_fixture
from sop_portal.workbook.actions import NotTaken, bring, take_back
from sop_portal.workbook.tests.books import book, understood

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)
Browser = Callable[[User], Client]
MARCH = datetime(2027, 3, 12, 17, tzinfo=UTC)
in_march = moment(MARCH, "12 March 2027: forecasts are written.")


@shared_fixture
def planning(cast: SimpleNamespace, in_march: datetime) -> SimpleNamespace:
    """Arts forecasts two projects, Sports one."""
    cycle = create_cycle(year=2027, by=cast.ada, at=in_march)
    publish_year(cycle, by=cast.ada, at=in_march, seen=cycle.version)
    w = SimpleNamespace(cast=cast, at=in_march, arts=Forecast.objects.get(department__slug="arts"))
    sports = Forecast.objects.get(department__slug="sports")
    for forecast, head, name in (
        (w.arts, cast.amina, "Story hours"),
        (w.arts, cast.amina, "Films"),
        (sports, cast.bao, "League"),
    ):
        forecasts.add_project(forecast, NewProject(name), by=head, at=in_march)
    return w


def taken_away(w: SimpleNamespace, browser: Client) -> list[list[Any]]:
    """The rows of the workbook as the head of Arts takes it away."""
    packed = browser.get("/2027/export/forecast/arts/").content
    return [list(row) for row in CalamineWorkbook.from_filelike(BytesIO(packed)).get_sheet_by_index(0).to_python()]


def filled_in(rows: list[list[Any]], **figures: Any) -> bytes:
    """The workbook with these figures of Story hours filled in, by measure."""
    head, *body = rows
    for row in body:
        if row[1] == "Story hours" and row[2] in figures:
            row[4:7] = figures[row[2]]
    return book({"Forecast figures": [head, *([cell if cell != "" else None for cell in row] for row in body)]})


def write(w: SimpleNamespace, **figures: tuple[int, str]) -> None:
    """A colleague writes figures of Story hours on the page."""
    line = w.arts.lines.get(project__name="Story hours")
    typed = {metric: Typed(Decimal(figure), "feedback", why) for metric, (figure, why) in figures.items()}
    w.arts.refresh_from_db()
    forecasts.set_figures(line, typed, by=w.cast.amina, at=w.at, seen=w.arts.version)


def there(metric: str) -> tuple[Any, str, str]:
    """What stands in Story hours."""
    found = ForecastFigure.objects.get(line__project__name="Story hours", metric=metric)
    return found.figure, found.source, found.reason


def test_a_forecast_goes_out_and_comes_back_filled_in(planning: SimpleNamespace, as_person: Browser) -> None:
    w = planning
    rows = taken_away(w, as_person(w.cast.amina))
    assert len(rows) == 1 + 2 * 5
    assert rows[0] == [
        "Department",
        "Project",
        "Measure",
        "Proposal",
        "Figure",
        "Source",
        "Reason",
        "Plan year",
        "Version",
    ]
    packed = filled_in(
        rows, Participants=(1350, "Feedback", "A waiting list"), Activities=(48, "Market trend", "More rooms")
    )
    [sheet] = bring(understood(packed, w.cast.amina, w.at), by=w.cast.amina, at=w.at)
    assert (there("participants"), there("activities")) == (
        (1350, "feedback", "A waiting list"),
        (48, "trend", "More rooms"),
    )
    assert sheet.rows == 2
    assert not understood(packed, w.cast.amina, w.at).has_changes
    take_back(sheet, by=w.cast.amina, at=w.at + LATER)
    assert (there("participants"), there("activities")) == ((None, "", ""), (None, "", ""))


def test_what_only_a_colleague_changed_stays_and_what_only_i_changed_is_taken(
    planning: SimpleNamespace, as_person: Browser
) -> None:
    w = planning
    rows = taken_away(w, as_person(w.cast.amina))
    write(w, people=(300, "Two more nights"))
    found = understood(filled_in(rows, Participants=(1350, "Feedback", "A waiting list")), w.cast.amina, w.at)
    assert found.questions == []
    bring(found, by=w.cast.amina, at=w.at)
    assert (there("participants")[0], there("people")) == (1350, (300, "feedback", "Two more nights"))


@pytest.mark.parametrize(("answer", "figure"), [("mine", 1350), ("theirs", 1200)])
def test_what_both_changed_is_asked_cell_by_cell(
    planning: SimpleNamespace, as_person: Browser, answer: str, figure: int
) -> None:
    w = planning
    rows = taken_away(w, as_person(w.cast.amina))
    write(w, participants=(1200, "A waiting list"))
    packed = filled_in(rows, Participants=(1350, "Feedback", "A waiting list"))
    found = understood(packed, w.cast.amina, w.at)
    [(_sheet, question)] = found.questions
    assert question.sentence == (
        "“Story hours”, Participants, Figure: you wrote “1,350”, and somebody else “1,200” meanwhile. Which?"
    )
    found = understood(packed, w.cast.amina, w.at, answers={question.key: answer})
    if found.has_changes:
        bring(found, by=w.cast.amina, at=w.at)
    assert there("participants") == (figure, "feedback", "A waiting list")


def test_nobody_fills_in_or_takes_away_the_forecast_of_others(planning: SimpleNamespace, as_person: Browser) -> None:
    w = planning
    rows = taken_away(w, as_person(w.cast.amina))
    assert as_person(w.cast.bao).get("/2027/export/forecast/arts/").status_code == 404
    assert as_person(w.cast.dora).get("/2027/export/forecast/arts/").status_code == 403
    found = understood(filled_in(rows, Participants=(1, "Feedback", "No")), w.cast.bao, w.at)
    assert found.problems or len(found.problems_as_json()) == 10
    assert there("participants") == (None, "", "")


def test_a_forecast_that_was_handed_in_takes_no_workbook(planning: SimpleNamespace, as_person: Browser) -> None:
    w = planning
    rows = taken_away(w, as_person(w.cast.amina))
    Forecast.objects.filter(pk=w.arts.pk).update(state="submitted", submitted_at=w.at, submitted_by=w.cast.amina)
    found = understood(filled_in(rows, Participants=(1, "Feedback", "No")), w.cast.amina, w.at)
    with pytest.raises(NotTaken, match="Nothing was brought in"):
        bring(found, by=w.cast.amina, at=w.at)
    assert there("participants") == (None, "", "")


def test_only_the_cells_to_be_filled_in_are_open(planning: SimpleNamespace, as_person: Browser) -> None:
    packed = as_person(planning.cast.amina).get("/2027/export/forecast/arts/").content
    with ZipFile(BytesIO(packed)) as parts:
        sheet, styles = parts.read("xl/worksheets/sheet1.xml").decode(), parts.read("xl/styles.xml").decode()
    assert ("<sheetProtection" in sheet, 'locked="0"' in styles) == (True, True)
