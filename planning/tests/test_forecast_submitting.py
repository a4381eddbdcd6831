"""New projects, projects left out, and the way to the decision."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from planning.forecasts.actions import Typed, leave_out, set_figures
from planning.models import Cycle, ForecastFigure, Project
from planning.tests.stage_one import (
    FILLED,
    LINE,
    forecast_of,
    known,
    line_of,
    override,
    planned,
    posted,
    submitted,
    text_of,
)
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.page_text import words_of

LogIn = Callable[[User], Client]


def test_a_new_project_asks_once_where_its_figures_come_from(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    planned(arts, "Choir", cast.amina, noon)
    client, url = as_person(cast.amina), "/2027/forecasts/arts/project/choir/"
    assert "Where do these figures come from?" in text_of(client.get(url))
    data = {
        "key": str(uuid4()),
        "seen": forecast_of(arts).version,
        "activities": "10",
        "participants": "30",
        "people": "5",
        "materials": "0",
        "money": "99.95",
        "source": "feedback",
        "reason": "Parents asked for it",
    }
    assert client.post(url, data).status_code == 302
    found = ForecastFigure.objects.filter(line__project__slug="choir").order_by("metric")
    assert [(f.metric, f.override, f.source, f.reason) for f in found] == [
        ("activities", Decimal(10), "feedback", "Parents asked for it"),
        ("materials", Decimal(0), "feedback", "Parents asked for it"),
        ("money", Decimal("99.95"), "feedback", "Parents asked for it"),
        ("participants", Decimal(30), "feedback", "Parents asked for it"),
        ("people", Decimal(5), "feedback", "Parents asked for it"),
    ]
    assert Project.objects.get(slug="choir").needed == Decimal("99.95")


def test_a_project_is_left_out_and_taken_in_on_its_page(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    client = as_person(cast.amina)
    assert client.get(f"{LINE}leave-out/").status_code == 200
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version, "why": " "}
    assert client.post(f"{LINE}leave-out/", form).status_code == 422
    assert client.post(f"{LINE}leave-out/", form | {"why": "No <i>room"}).status_code == 302
    page = text_of(client.get("/2027/forecasts/arts/"))
    assert "No &lt;i&gt;room" in page
    assert client.post(f"{LINE}take-in/", {"key": str(uuid4()), "seen": "nonsense"}).status_code == 409
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version}
    assert client.post(f"{LINE}take-in/", form).status_code == 302
    assert line_of(Project.objects.get(slug="story-hours")).is_planned


def test_a_project_known_from_earlier_years_is_offered_and_added_with_its_history(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    known(arts, "summer-reading", 2024, participants="900")
    known(arts, "", 2026, participants="9")
    client = as_person(cast.amina)
    assert client.get("/2027/forecasts/arts/add/").context["known"] == [("summer-reading", 2024)]
    form = {"key": str(uuid4()), "name": "Summer reading", "lead": str(cast.ben.pk)}
    answer = client.post("/2027/forecasts/arts/add/", form)
    assert answer.headers["Location"] == "/2027/forecasts/arts/project/summer-reading/"
    project = Project.objects.get(slug="summer-reading")
    assert (project.lead, project.importance, project.participants_planned) == (cast.ben, 3, 900)
    again = client.post("/2027/forecasts/arts/add/", form | {"key": str(uuid4())})
    assert (again.status_code, "already has a project" in text_of(again)) == (422, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "​"),
        ("name", "x" * 121),
        ("name", "a\0"),
        ("name", "‮abc"),
        ("lead", "bao"),
    ],
)
def test_a_project_that_makes_no_sense_is_not_added(
    field: str, value: str, planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    value = str(cast.bao.pk) if value == "bao" else value
    form = {"key": str(uuid4()), "name": "Choir", field: value}
    assert as_person(cast.amina).post("/2027/forecasts/arts/add/", form).status_code == 422
    assert Project.objects.count() == 2


def test_a_chinese_name_gets_an_address(planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    form = {"key": str(uuid4()), "name": "故事时间"}
    answer = as_person(cast.amina).post("/2027/forecasts/arts/add/", form)
    assert as_person(cast.amina).get(answer.headers["Location"]).status_code == 200


def test_answers_are_checked_before_submitting(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    client = as_person(cast.amina)
    page = words_of(client.get("/2027/forecasts/arts/submit/"))
    assert "Check your answers" in page
    assert "Two schools had 140 children on the waiting list" in page
    assert "Chen Jing or Chidi Okafor accepts the forecast or sends it back" in page
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version}
    answer = client.post("/2027/forecasts/arts/submit/", form)
    assert answer.headers["Location"] == "/2027/forecasts/arts/?done=submit"
    done = text_of(client.get(answer.headers["Location"]))
    assert "What happens next" in done
    assert forecast_of(arts).state == "submitted"


def test_what_somebody_decides_on_is_not_rounded(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    line = line_of(Project.objects.filter(department=arts)[0])
    said = {**FILLED, "money": Typed(Decimal("36000.50"), "trend", "The offer")}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    checked = words_of(as_person(cast.amina).get("/2027/forecasts/arts/submit/"))
    submitted(arts, cast.amina, noon)
    decided = words_of(as_person(cast.chidi).get("/2027/forecasts/arts/accept/"))
    assert [("36,000.50" in page, "36,001" in page) for page in (checked, decided)] == [(True, False)] * 2


def test_what_is_missing_is_listed_instead_of_the_button(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    planned(arts, "Choir", cast.amina, noon)
    client = as_person(cast.amina)
    page = client.get("/2027/forecasts/arts/check/")
    assert "Choir has no figures yet." in words_of(page)
    assert 'action="/2027/forecasts/arts/submit/"' not in text_of(page)
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version}
    assert client.post("/2027/forecasts/arts/submit/", form).status_code == 422


def test_the_resource_team_decides_on_its_page(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    submitted(arts, cast.amina, noon)
    client = as_person(cast.chidi)
    assert "/2027/forecasts/arts/accept/" in text_of(client.get("/2027/forecasts/arts/"))
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version, "comment": ""}
    assert client.post("/2027/forecasts/arts/send-back/", form).status_code == 422
    assert client.post("/2027/forecasts/arts/accept/", form).status_code == 302
    assert as_person(cast.amina).post("/2027/forecasts/arts/accept/", form | {"key": str(uuid4())}).status_code in (
        403,
        409,
    )
    assert client.get("/2027/forecasts/arts/nonsense/").status_code == 404


@pytest.mark.parametrize("name", ["chidi", "dora", "emil", "ada", "omar"])
def test_whoever_only_reads_has_no_fields(
    name: str, planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    client = as_person(getattr(cast, name))
    assert 'name="participants"' not in text_of(client.get(LINE))
    assert client.post(LINE, posted(participants="1")).status_code == 403
    assert override("participants") == Decimal(3200)


def test_the_sheet_of_figures_keeps_proposal_and_override_apart(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    line = line_of(planned(arts, "Van", cast.amina, noon))
    leave_out(line, why="Sold", by=cast.amina, at=noon, seen=line.forecast.version)
    client = as_person(cast.amina)
    sheet = read_table(client.get("/2027/forecasts/export/").content, "x.xlsx")
    assert sheet.rows[1] == [
        *("Arts", "Draft", "Story hours", "Participants", Decimal(2400), Decimal(3200), Decimal(3200), "Feedback"),
        "Two schools had 140 children on the waiting list",
    ]
    assert sheet.rows[-1][:3] + sheet.rows[-1][6:] == ["Arts", "Draft", "Van", None, "not this year", "Sold"]
    csv = client.get("/2027/forecasts/export/?format=csv")
    assert csv.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(read_table(BytesIO(csv.content).read(), "x.csv").rows) == 10


@pytest.mark.parametrize(
    ("name", "url", "can"),
    [
        ("omar", "/2027/forecasts/arts/add/", "edit forecast and request drafts"),
        ("ben", "/2027/forecasts/arts/add/", "edit forecast and request drafts"),
        ("omar", LINE, "edit forecast and request drafts"),
        ("omar", f"{LINE}leave-out/", "edit forecast and request drafts"),
        ("amina", "/2027/extend/", "extend a window for one department"),
        ("emil", "/2027/windows/forecast/", "set up, publish and close the cycle"),
        ("emil", "/set-up/years/new/", "set up, publish and close the cycle"),
        ("emil", "/2027/report/start/", "publish the demand report"),
    ],
)
def test_whoever_may_not_do_it_is_told_so_before_what_is_wrong_with_the_form(
    name: str, url: str, can: str, planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    answer = as_person(getattr(cast, name)).post(url, {"key": str(uuid4())})
    assert (answer.status_code, can in text_of(answer)) == (403, True)
