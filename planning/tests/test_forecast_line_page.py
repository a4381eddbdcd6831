"""The page of one project: what it shows, and what it takes."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from planning.models import Cycle, ForecastFigure, Hindsight
from planning.tests.stage_one import LINE, known, open_year, override, planned, posted, text_of
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.models import Department, User

LogIn = Callable[[User], Client]


def test_the_line_page_shows_history_proposal_and_reason(
    planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    page = text_of(as_person(cast.amina).get(LINE))
    assert "Participants fell by 20\xa0% from 2025 to 2026" in page
    assert "The figures of 2026, the last year that is known." in page
    assert "was off by 25\xa0% on average" in page
    assert "Two schools had 140 children on the waiting list" in page
    assert "+33\xa0% compared with the proposal" in page


def test_last_years_forecast_is_laid_beside_what_happened(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    known(arts, "story-hours", 2027, participants="2500")
    open_year(cast, noon, year=2028)
    page = text_of(as_person(cast.amina).get("/2028/forecasts/arts/project/story-hours/"))
    assert "Participants 2027" in page
    assert "+28.0\xa0%" in page
    assert "−4.0\xa0%" in page
    assert "The proposal was closer than the department’s figure." in page
    assert "The forecast was too high, by 28\xa0%." in page


def test_lessons_of_the_own_department_stand_first_and_other_departments_measures_nowhere(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, as_person: LogIn
) -> None:
    def learn(
        number: int, department: Department, kind: str = "lesson", slug: str = "story-hours", **more: Any
    ) -> None:
        Hindsight.objects.create(
            kind=kind,
            source_id=number,
            department=department,
            slug=slug,
            year=2026,
            text=f"Learned {number}",
            source_url="/2026/lessons/",
            **more,
        )

    learn(1, sports)
    learn(2, arts)
    learn(3, arts, slug="other")
    learn(4, sports, "measure")
    learn(5, arts, "measure", owner_name="Ben Carter", due_on=date(2027, 4, 30))
    learn(6, arts, "measure", is_open=False)
    context = as_person(cast.amina).get(LINE).context
    assert [lesson.text for lesson in context["lessons"]] == ["Learned 2", "Learned 1"]
    assert [measure.text for measure in context["measures"]] == ["Learned 5"]


def test_saving_writes_the_figures_and_goes_on(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    planned(arts, "Tales", cast.amina, noon)
    client = as_person(cast.ben)
    answer = client.post(LINE, posted(participants="３，３００", go="next"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/2027/forecasts/arts/project/tales/")
    assert override("participants") == Decimal(3300)
    assert client.post(LINE, posted(go="check")).headers["Location"] == "/2027/forecasts/arts/check/"
    assert client.post(LINE, posted(go="elsewhere")).headers["Location"] == LINE


def test_a_blank_leaves_the_proposal_and_keeps_what_was_said_of_it(
    planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    as_person(cast.amina).post(LINE, posted(participants=" "))
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", metric="participants")
    said = (figure.override, figure.figure, figure.source, figure.reason)
    assert said == (None, Decimal(2400), "feedback", "Two schools had 140 children on the waiting list")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("participants", "many"),
        ("participants", "12.5"),
        ("participants", "-3"),
        ("participants", "1e3"),
        ("participants", "9" * 5000),
        ("people", "1.234"),
        ("materials", "1_000"),
        ("materials", "٣"),
        ("money", "12,34.00"),
        ("money", "\0"),
        ("seen", "x"),
        ("seen", "-1"),
        ("seen", "9" * 30),
        ("participants__source", "hearsay"),
        ("participants__reason", "a\0b"),
        ("money__reason", "\ud800"),
        ("participants__reason", "x" * 2001),
    ],
)
def test_what_cannot_be_taken_is_refused_with_everything_kept(
    field: str, value: str, planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    data = posted(**{field: value.encode("utf-8", "replace").decode()} if value == "\ud800" else {field: value})
    if value == "\ud800":
        data["money-reason"] = "\ufffe"
    data["activities-reason"] = "This stays here"
    answer = as_person(cast.amina).post(LINE, data)
    assert answer.status_code == 422
    assert "This stays here" in text_of(answer)
    assert override("participants") == Decimal(3200)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "'; DROP TABLE planning_forecast; --", "{{ 7*7 }}", "=1+1", "阿明 ‮abc", "Ω≈ç√∫˜"],
)
def test_what_people_type_is_shown_as_they_typed_it(
    text: str, planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    client = as_person(cast.amina)
    assert client.post(LINE, posted(participants__reason=text)).status_code == 302
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", metric="participants")
    assert figure.reason == text
    for url in (LINE, "/2027/forecasts/arts/check/", "/2027/forecasts/arts/"):
        assert "<script>alert" not in text_of(client.get(url))
    sheet = read_table(client.get("/2027/forecasts/export/").content, "x.xlsx")
    assert text in [row[8] for row in sheet.rows]
