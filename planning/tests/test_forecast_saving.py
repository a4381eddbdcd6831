"""Saving as one types, and two people at once."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from planning.forecasts.actions import Typed, set_figures
from planning.models import Cycle, ForecastFigure, Project
from planning.tests.stage_one import FILLED, LINE, forecast_of, line_of, override, posted, text_of
from sop_portal.foundation.organisation.models import Department, User

LogIn = Callable[[User], Client]


def autosave(client: Client, **fields: Any) -> HttpResponse:
    return client.post(LINE, posted(autosave="1", **fields), headers={"accept": "application/json"})  # type: ignore[return-value]


def test_what_is_typed_is_saved_a_moment_later(planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    client = as_person(cast.ben)
    answer = autosave(client, participants="3301", participants__reason="Half a sen")
    seen = forecast_of(Department.objects.get(slug="arts")).version
    assert (answer.status_code, answer.json()) == (  # type: ignore[attr-defined]
        200,
        {"saved": "Saved 12:00. You can leave and come back.", "seen": seen},
    )
    assert override("participants") == Decimal(3301)


def test_saving_as_typed_says_what_is_wrong(planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    answer = autosave(as_person(cast.ben), participants="many", money="13000")
    said = "1 figure is not saved: Participants. Everything else is saved."
    assert (answer.status_code, answer.json()["refused"]) == (422, said)  # type: ignore[attr-defined]
    assert list(answer.json()["wrong"]) == ["participants"]  # type: ignore[attr-defined]
    assert (override("participants"), override("money")) == (Decimal(3200), Decimal(13000))


def ben_saves(cast: SimpleNamespace, noon: datetime, **said: Typed) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    set_figures(line, said, by=cast.ben, at=noon, seen=line.forecast.version)


def test_the_second_to_save_sees_theirs_beside_mine_and_loses_nothing(
    planning_year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    mine = posted(participants="3400", participants__reason="Mine <b>", money="13000")
    ben_saves(cast, noon, participants=Typed(Decimal(3050), "trend", "Theirs"))
    client = as_person(cast.amina)
    page = client.post(LINE, mine)
    assert page.status_code == 409
    assert [(row.name, row.mine, row.theirs, row.before) for row in page.context["rows"]] == [
        ("participants", "3,400", "3,050", "3,200"),
        ("participants-reason", "Mine <b>", "Theirs", FILLED["participants"].reason),
    ]
    assert "Mine &lt;b&gt;" in text_of(page)
    assert "Ben Carter" in text_of(page)
    assert override("participants") == Decimal(3050)
    kept = dict(page.context["mine"]) | {
        "key": str(uuid4()),
        "seen": str(page.context["record"].version),
        "keep-participants": "mine",
        "keep-participants-reason": "theirs",
    }
    assert client.post(LINE, kept).status_code == 302
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", metric="participants")
    assert (figure.override, figure.reason) == (Decimal(3400), "Theirs")
    assert override("money") == Decimal(13000)


def test_who_decides_about_one_field_keeps_what_only_the_colleague_wrote_in_another(
    planning_year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    mine = posted(participants="3400")
    ben_saves(cast, noon, participants=Typed(Decimal(3050), "trend", "Theirs"))
    client = as_person(cast.amina)
    page = client.post(LINE, mine)
    assert [row.name for row in page.context["rows"]] == ["participants"]
    kept = dict(page.context["mine"]) | {
        "key": str(uuid4()),
        "seen": str(page.context["record"].version),
        "keep-participants": "mine",
    }
    assert client.post(LINE, kept).status_code == 302
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", metric="participants")
    assert (figure.override, figure.source, figure.reason) == (Decimal(3400), "trend", "Theirs")


def test_what_only_the_colleague_changed_is_taken_without_asking(
    planning_year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    mine = posted(money="13000")
    ben_saves(cast, noon, participants=Typed(Decimal(3050), "trend", "Theirs"))
    assert as_person(cast.amina).post(LINE, mine).status_code == 302
    assert (override("participants"), override("money")) == (Decimal(3050), Decimal(13000))


def test_saving_as_typed_meets_a_conflict_with_409(
    planning_year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    seen = posted()["seen"]
    ben_saves(cast, noon, participants=Typed(Decimal(3050), "trend", "Theirs"))
    assert autosave(as_person(cast.amina), participants="3400", seen=seen).status_code == 409
    assert override("participants") == Decimal(3050)


def test_a_double_click_saves_once(planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    client, data = as_person(cast.amina), posted(participants="3400")
    first, second = client.post(LINE, data), client.post(LINE, data)
    assert (first.headers["Location"], second.headers["Location"]) == (LINE, LINE)
    assert client.post(LINE, data | {"key": "none"}).status_code == 409
