"""The pages of stage 1: what everybody sees there, and how they save."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from planning.cycles.actions import extend
from planning.forecasts.actions import Typed, leave_out, publish_report, set_figures, start_report
from planning.models import Cycle, Forecast, ForecastFigure, Hindsight, Project
from planning.tests.stage_one import FILLED, accepted, filled, forecast_of, known, line_of, open_year, planned, submitted
from sop_portal.kit import clock
from sop_portal.kit.sheets import read_table
from sop_portal.organisation.models import Department, User

LogIn = Callable[[User], Client]
LINE = "/2027/forecasts/arts/project/story-hours/"
MARK = "CANARY-7f3a"


@pytest.fixture
def year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Iterator[Cycle]:
    """The published year: Arts has a complete project with history, Sports one that nobody else may know of."""
    known(arts, "story-hours", 2025, activities="200", participants="3000", materials="4000")
    known(arts, "story-hours", 2026, activities="236", participants="2400", materials="4180")
    with clock.at(noon):
        cycle = open_year(cast, noon)
        filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)
        secret = filled(sports, MARK, cast.bao, noon)
        said = {"participants": Typed(Decimal(777123), "feedback", MARK)}
        line = line_of(secret)
        set_figures(line, said, by=cast.bao, at=noon, seen=line.forecast.version)
        yield cycle


def posted(**fields: Any) -> dict[str, Any]:
    """A form as the page sends it: every figure of Story hours, and a fresh key."""
    data: dict[str, Any] = {"key": str(uuid4()), "seen": forecast_of(Department.objects.get(slug="arts")).version}
    for measure, said in FILLED.items():
        data |= {measure: said.override, f"{measure}-source": said.source, f"{measure}-reason": said.reason}
    return data | {name.replace("__", "-"): value for name, value in fields.items()}


def override(measure: str) -> Decimal | None:
    return ForecastFigure.objects.get(line__project__slug="story-hours", measure=measure).override


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


PAGES = [
    "/2027/forecasts/", "/2027/forecasts/export/", "/2027/forecasts/export/?format=csv", "/2027/forecasts/arts/", LINE,
    "/2027/forecasts/arts/check/", "/2027/report/", "/2027/windows/",
]  # fmt: skip


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "emil", "ada", "omar"])
@pytest.mark.parametrize("url", PAGES)
def test_everybody_with_a_role_opens_the_pages(
    url: str, name: str, year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    assert as_person(getattr(cast, name)).get(url).status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_a_stranger_opens_none_of_them(url: str, year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    assert as_person(cast.farid).get(url).status_code in (403, 404)
    assert Client().get(url).status_code == 302


OTHERS = [
    "", "check/", "submit/", "accept/", "add/", f"project/{'canary-7f3a'}/", f"project/{'canary-7f3a'}/leave-out/",
    f"project/{'canary-7f3a'}/take-in/",
]  # fmt: skip


@pytest.mark.parametrize("name", ["amina", "ben"])
@pytest.mark.parametrize("url", OTHERS)
def test_another_departments_pages_are_not_there(
    url: str, name: str, year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    client = as_person(getattr(cast, name))
    if not url.endswith("take-in/"):
        assert client.get(f"/2027/forecasts/sports/{url}").status_code == 404
    if url not in ("", "check/"):
        answer = client.post(f"/2027/forecasts/sports/{url}", posted(comment="x", why="x", name="x", importance="3"))
        assert answer.status_code == 404
    assert client.get(f"/2027/forecasts/nowhere/{url}").status_code in (404, 405)


@pytest.mark.parametrize("name", ["amina", "ben"])
@pytest.mark.parametrize("is_published", [False, True])
def test_another_departments_words_and_figures_are_nowhere(
    is_published: bool, name: str, year: Cycle, cast: SimpleNamespace, arts: Department, sports: Department,
    noon: datetime, as_person: LogIn,
) -> None:  # fmt: skip
    accepted(arts, cast.amina, cast.chidi, noon)
    accepted(sports, cast.bao, cast.chidi, noon)
    report = start_report(year, by=cast.chidi, at=noon)
    if is_published:
        publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    client = as_person(getattr(cast, name))
    urls = [*PAGES[:6], "/2027/report/1/", "/2027/report/1/?by=project", "/2027/report/1/?by=project&department=sports"]
    for url in [*urls, "/2027/report/1/export/?format=csv"]:
        page = text_of(client.get(url))
        assert (url, MARK in page, "777,123" in page, "777123" in page) == (url, False, False, False)
    assert "780,323" in text_of(as_person(cast.omar).get("/2027/report/1/"))


def test_heads_see_their_own_row_of_the_list(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    page = text_of(as_person(cast.amina).get("/2027/forecasts/"))
    assert ("Arts" in page, "Sports" in page) == (True, False)


def test_the_list_is_filtered_and_sorted_by_its_address(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    submitted(arts, cast.amina, noon)
    client = as_person(cast.chidi)

    def rows(query: str) -> list[str]:
        context = client.get(f"/2027/forecasts/{query}").context
        return [row.forecast.department.slug for row in context["rows"]]

    assert rows("") == ["arts", "sports"]
    assert rows("?state=submitted") == ["arts"]
    assert rows("?state=nonsense") == ["arts", "sports"]
    assert rows("?state=late") == []
    assert rows("?sort=-department") == ["sports", "arts"]
    assert rows("?sort=-participants") == ["sports", "arts"]
    assert rows("?sort=participants") == ["arts", "sports"]
    assert rows("?sort=-state") == ["arts", "sports"]


def test_the_list_shows_totals_due_day_and_lateness(
    year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    with clock.at(datetime.fromisoformat("2027-04-05T12:00-04:00")):
        extend(
            Cycle.objects.get(), "forecast", arts, until_on=date(2027, 4, 19), reason="Sick leave", by=cast.emil,
            at=clock.now(),
        )  # fmt: skip
        page = as_person(cast.chidi).get("/2027/forecasts/")
    found = {row.forecast.department.slug: (row.due_on, row.late_days, row.is_extended) for row in page.context["rows"]}
    assert found == {"arts": (date(2027, 4, 19), 0, True), "sports": (date(2027, 3, 31), 5, False)}
    assert "5 days late" in text_of(page)
    assert page.context["rows"][0].figures == [24, 3200, Decimal("605.5"), 4290, 12970]


def count(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection, ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "url",
    ["/2027/forecasts/", "/2027/forecasts/arts/", "/2027/forecasts/arts/check/", "/2027/report/1/?by=project",
     "/2027/report/1/", "/2027/forecasts/export/", "/2027/report/1/export/", "/2027/windows/", LINE],
)  # fmt: skip
def test_a_page_asks_as_often_for_three_rows_as_for_one(
    url: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    start_report(year, by=cast.chidi, at=noon)
    client = as_person(cast.chen)
    few = count(client, url)
    for number in range(3):
        department = Department.objects.create(name=f"D{number}", slug=f"d{number}")
        forecast = Forecast.objects.create(cycle=year, department=department)
        for target in (department, arts):
            slug = f"p{number}{target.slug}"
            project = Project.objects.create(
                cycle=year, department=target, name=slug, slug=slug, starts_on=year.starts_on, ends_on=year.ends_on
            )
            line = (forecast if target == department else forecast_of(arts)).lines.create(project=project)
            for measure in FILLED:
                ForecastFigure.objects.create(line=line, measure=measure, proposal=number + 1)
        Forecast.objects.filter(pk=forecast.pk).update(
            state="accepted", submitted_at=noon, submitted_by=cast.amina, accepted_at=noon, accepted_by=cast.chidi
        )
    assert count(client, url) == few


def test_the_line_page_shows_history_proposal_and_reason(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    page = text_of(as_person(cast.amina).get(LINE))
    assert "Participants fell by 20\xa0% from 2025 to 2026" in page
    assert "The figures of 2026, the last year that is known." in page
    assert "was off by 25\xa0% on average" in page
    assert "Two schools had 140 children on the waiting list" in page
    assert "+33\xa0% on the proposal" in page


def test_last_years_forecast_is_laid_beside_what_happened(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    known(arts, "story-hours", 2027, participants="2500")
    open_year(cast, noon, year=2028)
    page = text_of(as_person(cast.amina).get("/2028/forecasts/arts/project/story-hours/"))
    assert "Participants 2027" in page
    assert "+28.0\xa0%" in page
    assert "−4.0\xa0%" in page
    assert "The proposal was closer than the department’s figure." in page
    assert "In 1 of 1 year the forecast was too high, by 28\xa0% on average." in page


def test_lessons_of_the_own_department_stand_first_and_other_departments_measures_nowhere(
    year: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, as_person: LogIn
) -> None:
    def learn(number: int, department: Department, kind: str = "lesson", slug: str = "story-hours", **more: Any) -> None:
        Hindsight.objects.create(
            kind=kind, source_id=number, department=department, slug=slug, year=2026, text=f"Learned {number}",
            source_url="/2026/lessons/", **more,
        )  # fmt: skip

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
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    planned(arts, "Tales", cast.amina, noon)
    client = as_person(cast.ben)
    answer = client.post(LINE, posted(participants="３，３００", go="next"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/2027/forecasts/arts/project/tales/")
    assert override("participants") == Decimal(3300)
    assert client.post(LINE, posted(go="check")).headers["Location"] == "/2027/forecasts/arts/check/"
    assert client.post(LINE, posted(go="elsewhere")).headers["Location"] == LINE


def test_a_blank_leaves_the_proposal(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    as_person(cast.amina).post(LINE, posted(participants=" "))
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", measure="participants")
    assert (figure.override, figure.figure, figure.source, figure.reason) == (None, Decimal(2400), "", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("participants", "many"), ("participants", "12.5"), ("participants", "-3"), ("participants", "1e3"),
        ("participants", "9" * 5000), ("people", "1.234"), ("materials", "1_000"), ("materials", "٣"),
        ("money", "12,34.00"), ("money", "\0"), ("seen", "x"), ("seen", "-1"), ("seen", "9" * 30),
        ("participants__source", "hearsay"), ("participants__reason", "a\0b"), ("money__reason", "\ud800"),
        ("participants__reason", "x" * 2001),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_everything_kept(
    field: str, value: str, year: Cycle, cast: SimpleNamespace, as_person: LogIn
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
    "text", ["<script>alert(1)</script>", "'; DROP TABLE planning_forecast; --", "{{ 7*7 }}", "=1+1", "阿明 ‮abc", "Ω≈ç√∫˜"]
)
def test_what_people_type_is_shown_as_they_typed_it(
    text: str, year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    client = as_person(cast.amina)
    assert client.post(LINE, posted(participants__reason=text)).status_code == 302
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", measure="participants")
    assert figure.reason == text
    for url in (LINE, "/2027/forecasts/arts/check/", "/2027/forecasts/arts/"):
        assert "<script>alert" not in text_of(client.get(url))
    sheet = read_table(client.get("/2027/forecasts/export/").content, "x.xlsx")
    assert text in [row[8] for row in sheet.rows]


def autosave(client: Client, **fields: Any) -> HttpResponse:
    return client.post(LINE, posted(autosave="1", **fields), headers={"accept": "application/json"})  # type: ignore[return-value]


def test_what_is_typed_is_saved_a_moment_later(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    client = as_person(cast.ben)
    answer = autosave(client, participants="3301", participants__reason="Half a sen")
    seen = forecast_of(Department.objects.get(slug="arts")).version
    assert (answer.status_code, answer.json()) == (  # type: ignore[attr-defined]
        200,
        {"saved": "Saved 12:00. You can leave and come back.", "seen": seen},
    )
    assert override("participants") == Decimal(3301)


def test_saving_as_typed_says_what_is_wrong(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    answer = autosave(as_person(cast.ben), participants="many")
    assert (answer.status_code, answer.json()["refused"][:13]) == (422, "Participants:")  # type: ignore[attr-defined]


def ben_saves(cast: SimpleNamespace, noon: datetime, **said: Typed) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    set_figures(line, said, by=cast.ben, at=noon, seen=line.forecast.version)


def test_the_second_to_save_sees_theirs_beside_mine_and_loses_nothing(
    year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    mine = posted(participants="3400", participants__reason="Mine <b>", money="13000")
    ben_saves(cast, noon, participants=Typed(Decimal(3050), "trend", "Theirs"))
    client = as_person(cast.amina)
    page = client.post(LINE, mine)
    assert page.status_code == 409
    assert [(row.name, row.mine, row.theirs, row.was) for row in page.context["rows"]] == [
        ("participants", "3400", "3050", "3200"),
        ("participants-reason", "Mine <b>", "Theirs", FILLED["participants"].reason),
    ]
    assert "Mine &lt;b&gt;" in text_of(page)
    assert "Ben Carter" in text_of(page)
    assert override("participants") == Decimal(3050)
    kept = dict(page.context["mine"]) | {
        "key": str(uuid4()), "seen": str(page.context["forecast"].version), "keep-participants": "mine",
        "keep-participants-reason": "theirs",
    }  # fmt: skip
    assert client.post(LINE, kept).status_code == 302
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", measure="participants")
    assert (figure.override, figure.reason) == (Decimal(3400), "Theirs")
    assert override("money") == Decimal(13000)


def test_what_only_the_colleague_changed_is_taken_without_asking(
    year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    mine = posted(money="13000")
    ben_saves(cast, noon, participants=Typed(Decimal(3050), "trend", "Theirs"))
    assert as_person(cast.amina).post(LINE, mine).status_code == 302
    assert (override("participants"), override("money")) == (Decimal(3050), Decimal(13000))


def test_saving_as_typed_meets_a_conflict_with_409(
    year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    seen = posted()["seen"]
    ben_saves(cast, noon, participants=Typed(Decimal(3050), "trend", "Theirs"))
    assert autosave(as_person(cast.amina), participants="3400", seen=seen).status_code == 409
    assert override("participants") == Decimal(3050)


def test_a_double_click_saves_once(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    client, data = as_person(cast.amina), posted(participants="3400")
    first, second = client.post(LINE, data), client.post(LINE, data)
    assert (first.headers["Location"], second.headers["Location"]) == (LINE, LINE)
    assert client.post(LINE, data | {"key": "none"}).status_code == 409


def test_a_new_project_asks_once_where_its_figures_come_from(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    planned(arts, "Choir", cast.amina, noon)
    client, url = as_person(cast.amina), "/2027/forecasts/arts/project/choir/"
    assert "Where do these figures come from?" in text_of(client.get(url))
    data = {
        "key": str(uuid4()), "seen": forecast_of(arts).version, "activities": "10", "participants": "30", "people": "5",
        "materials": "0", "money": "99.95", "source": "feedback", "reason": "Parents asked for it",
    }  # fmt: skip
    assert client.post(url, data).status_code == 302
    found = ForecastFigure.objects.filter(line__project__slug="choir").order_by("measure")
    assert [(f.measure, f.override, f.source, f.reason) for f in found] == [
        ("activities", Decimal(10), "feedback", "Parents asked for it"),
        ("materials", Decimal(0), "feedback", "Parents asked for it"),
        ("money", Decimal("99.95"), "feedback", "Parents asked for it"),
        ("participants", Decimal(30), "feedback", "Parents asked for it"),
        ("people", Decimal(5), "feedback", "Parents asked for it"),
    ]
    assert Project.objects.get(slug="choir").needed == Decimal("99.95")


def test_a_project_is_left_out_and_taken_in_on_its_page(
    year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
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
    year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    known(arts, "summer-reading", 2024, participants="900")
    known(arts, "", 2026, participants="9")
    client = as_person(cast.amina)
    assert client.get("/2027/forecasts/arts/add/").context["known"] == [("summer-reading", 2024)]
    form = {"key": str(uuid4()), "name": "Summer reading", "importance": "4", "lead": str(cast.ben.pk)}
    answer = client.post("/2027/forecasts/arts/add/", form)
    assert answer.headers["Location"] == "/2027/forecasts/arts/project/summer-reading/"
    project = Project.objects.get(slug="summer-reading")
    assert (project.lead, project.importance, project.participants_planned) == (cast.ben, 4, 900)
    again = client.post("/2027/forecasts/arts/add/", form | {"key": str(uuid4())})
    assert (again.status_code, "already has a project" in text_of(again)) == (422, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "​"), ("name", "x" * 121), ("name", "a\0"), ("name", "‮abc"), ("importance", "6"), ("lead", "bao")],
)
def test_a_project_that_makes_no_sense_is_not_added(
    field: str, value: str, year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    value = str(cast.bao.pk) if value == "bao" else value
    form = {"key": str(uuid4()), "name": "Choir", "importance": "3", field: value}
    assert as_person(cast.amina).post("/2027/forecasts/arts/add/", form).status_code == 422
    assert Project.objects.count() == 2


def test_a_chinese_name_gets_an_address(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    form = {"key": str(uuid4()), "name": "故事时间", "importance": "3"}
    answer = as_person(cast.amina).post("/2027/forecasts/arts/add/", form)
    assert as_person(cast.amina).get(answer.headers["Location"]).status_code == 200


def test_answers_are_checked_before_submitting(
    year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    client = as_person(cast.amina)
    page = text_of(client.get("/2027/forecasts/arts/submit/"))
    assert "Check your answers" in page
    assert "Two schools had 140 children on the waiting list" in page
    assert "Chen Jing or Chidi Okafor accepts the forecast or sends it back" in page
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version}
    answer = client.post("/2027/forecasts/arts/submit/", form)
    assert answer.headers["Location"] == "/2027/forecasts/arts/?done=submit"
    done = text_of(client.get(answer.headers["Location"]))
    assert "What happens next" in done
    assert forecast_of(arts).state == "submitted"


def test_what_is_missing_is_listed_instead_of_the_button(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    planned(arts, "Choir", cast.amina, noon)
    client = as_person(cast.amina)
    page = text_of(client.get("/2027/forecasts/arts/check/"))
    assert "Choir: “Money, without materials” has no figure." in page
    assert 'action="/2027/forecasts/arts/submit/"' not in page
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version}
    assert client.post("/2027/forecasts/arts/submit/", form).status_code == 422


def test_the_resource_team_decides_on_its_page(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    submitted(arts, cast.amina, noon)
    client = as_person(cast.chidi)
    assert "/2027/forecasts/arts/accept/" in text_of(client.get("/2027/forecasts/arts/"))
    form = {"key": str(uuid4()), "seen": forecast_of(arts).version, "comment": ""}
    assert client.post("/2027/forecasts/arts/send-back/", form).status_code == 422
    assert client.post("/2027/forecasts/arts/accept/", form).status_code == 302
    assert as_person(cast.amina).post("/2027/forecasts/arts/accept/", form | {"key": str(uuid4())}).status_code in (403, 409)
    assert client.get("/2027/forecasts/arts/nonsense/").status_code == 404


@pytest.mark.parametrize("name", ["chidi", "dora", "emil", "ada", "omar"])
def test_whoever_only_reads_has_no_fields(name: str, year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    client = as_person(getattr(cast, name))
    assert 'name="participants"' not in text_of(client.get(LINE))
    assert client.post(LINE, posted(participants="1")).status_code == 403
    assert override("participants") == Decimal(3200)


def test_the_sheet_of_figures_keeps_proposal_and_override_apart(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
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
