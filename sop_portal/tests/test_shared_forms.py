"""The three forms that several people write in at once, sent as a page sends them: nobody's saved word is lost."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from evaluations.models import Evaluation, ProgressReport
from evaluations.reports import actions as reports
from evaluations.reports.actions import ReportContent
from evaluations.reviews import actions as reviews
from evaluations.reviews.actions import GoalFigures
from evaluations.tests.reporting_year import NOVEMBER, TEXTS, started_project
from evaluations.tests.review_year import JULY, evaluation_of, finished_project, year_with_windows
from planning.models import ForecastFigure
from planning.tests.stage_one import LINE, filled, known, open_year
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry

pytestmark = pytest.mark.once

LogIn = Callable[[User], Client]
APPS = ("planning", "budgets", "evaluations", "sop_portal")
REPORT = "/2027/progress/arts/story-hours/2027-10/"
EVALUATION = "/2027/evaluations/arts/story-hours/"
PLACES: dict[str, tuple[str, ...]] = {
    LINE: ("participants", "money", "participants-reason", "money-reason"),
    REPORT: ("activities_held", "problems", "outlook"),
    EVALUATION: ("reached", "problems", "people_used"),
}


@dataclass
class Editor:
    """A page in a browser: what its fields hold, and what it knows of them."""

    client: Client
    address: str
    fields: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)

    def open(self) -> "Editor":
        form = self.client.get(self.address).context["form"]
        self.fields = {name: str(form.initial[name]) for name in form.current}
        self.known = {name: list(texts) for name, texts in form.initial["known"].items()}
        self.shown = {name: {plain(text)} for name, text in self.fields.items()}
        self.hidden = {"seen": str(form.initial["seen"])}
        return self

    def type(self, **values: str) -> "Editor":
        for name, value in values.items():
            self.fields[name.replace("__", "-")] = value
            self.shown[name.replace("__", "-")].add(plain(value))
        return self

    def posted(self, **more: str) -> dict[str, str]:
        tokens = {"key": str(uuid4()), "known": json.dumps(self.known)}
        return {**self.fields, **self.hidden, **tokens, **more}

    def autosave(self) -> Any:
        """Save as it is typed, and do with the answer what the page does."""
        sent = dict(self.fields)
        asked_json = {"accept": "application/json"}
        answer = self.client.post(self.address, self.posted(autosave="1"), headers=asked_json)
        payload = answer.json()
        left = {*payload.get("wrong", {}), *(entry["name"] for entry in payload.get("asked", []))}
        for name, value in sent.items():
            if name not in left:
                self.known[name] = [value]
        for entry in payload.get("taken", []):
            self.fields[entry["name"]] = entry["value"]
            self.known[entry["name"]] = [entry["value"]]
            self.shown[entry["name"]].add(plain(entry["value"]))
        return answer

    def keep(self, answer: Any) -> None:
        """Keep mine in every question of the page."""
        for entry in answer.json().get("asked", []):
            self.known[entry["name"]] = [entry["value"]]
            self.shown[entry["name"]].add(plain(entry["value"]))


def plain(text: str) -> str:
    return text.replace(",", "").removesuffix(".00")


@pytest.fixture
def story_line(cast: SimpleNamespace, noon: datetime) -> None:
    """The line of Story hours, filled in."""
    arts = Department.objects.get(slug="arts")
    known(arts, "story-hours", 2026, activities="236", participants="2400", materials="4180")
    open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)


@pytest.fixture
def report(cast: SimpleNamespace) -> None:
    """A report that is being written."""
    started_project(
        year_with_windows(cast.ada), Department.objects.get(slug="arts"), cast.ben, cast.amina, "Story hours"
    )


@pytest.fixture
def evaluation(cast: SimpleNamespace) -> Evaluation:
    """An evaluation that is being written."""
    arts = Department.objects.get(slug="arts")
    return evaluation_of(finished_project(year_with_windows(cast.ada), arts, cast.ben, "Story hours"), cast.amina)


FORMS = [("story_line", LINE), ("report", REPORT), ("evaluation", EVALUATION)]


@pytest.fixture(params=FORMS, ids=[name for name, _address in FORMS])
def pair(request: pytest.FixtureRequest, cast: SimpleNamespace, as_person: LogIn) -> tuple[Editor, Editor]:
    """Amina and Ben with the same form open."""
    fixture, address = request.param
    request.getfixturevalue(fixture)
    return Editor(as_person(cast.amina), address).open(), Editor(as_person(cast.ben), address).open()


def stored(editor: Editor) -> dict[str, str]:
    return {name: plain(text) for name, text in Editor(editor.client, editor.address).open().fields.items()}


def test_what_only_a_colleague_wrote_comes_back_and_is_never_written_away(pair: tuple[Editor, Editor]) -> None:
    amina, ben = pair
    first, second, *_more = PLACES[amina.address]
    amina.type(**{first: "31"}).autosave()
    answer = ben.type(**{second: "42"}).autosave()
    [taken] = answer.json()["taken"]
    assert (answer.status_code, taken["name"], plain(taken["value"])) == (200, first, "31")
    assert taken["sentence"].startswith("Filled in by Amina Diallo at ")
    ben.type(**{second: "43"}).autosave()
    assert (stored(ben)[first], stored(ben)[second]) == ("31", "43")


def test_even_a_page_that_shows_nothing_of_it_does_not_write_it_away(pair: tuple[Editor, Editor]) -> None:
    amina, ben = pair
    first, second, *_more = PLACES[amina.address]
    amina.type(**{first: "31"}).autosave()
    for value in ("42", "43"):
        posted = ben.type(**{second: value}).posted(autosave="1")
        ben.hidden["seen"] = str(ben.client.post(ben.address, posted).json()["seen"])
    assert (stored(ben)[first], stored(ben)[second]) == ("31", "43")


def test_a_choice_vouches_for_what_was_shown_and_for_nothing_later(pair: tuple[Editor, Editor]) -> None:
    amina, ben = pair
    first, second, *_more = PLACES[amina.address]
    amina.type(**{first: "31"}).autosave()
    asked = ben.type(**{first: "51", second: "42"}).autosave()
    assert (asked.status_code, stored(ben)[first], stored(ben)[second]) == (409, "31", "42")
    amina.type(**{first: "32"}).autosave()
    ben.keep(asked)
    again = ben.autosave()
    assert (again.status_code, stored(ben)[first]) == (409, "32")
    ben.keep(again)
    assert (ben.autosave().status_code, stored(ben)[first]) == (200, "51")


def test_two_tabs_of_one_person_are_two_pages(pair: tuple[Editor, Editor]) -> None:
    _amina, ben = pair
    first, second, *_more = PLACES[ben.address]
    other = Editor(ben.client, ben.address).open()
    other.type(**{first: "31"}).autosave()
    ben.type(**{second: "42"}).autosave()
    assert (stored(ben)[first], ben.fields[first] == "31" or plain(ben.fields[first]) == "31") == ("31", True)


def test_an_answer_that_never_came_is_no_conflict_with_oneself(pair: tuple[Editor, Editor]) -> None:
    _amina, ben = pair
    first, *_more = PLACES[ben.address]
    ben.client.post(ben.address, ben.type(**{first: "31"}).posted(autosave="1"))
    ben.known[first].append("31")
    assert (ben.type(**{first: "32"}).autosave().status_code, stored(ben)[first]) == (200, "32")


def test_without_scripts_the_page_of_the_conflict_keeps_everything(pair: tuple[Editor, Editor]) -> None:
    amina, ben = pair
    first, second, third, *_more = PLACES[amina.address]
    amina.type(**{first: "31", third: "77"}).autosave()
    page = ben.client.post(ben.address, ben.type(**{first: "51", second: "42"}).posted())
    assert (page.status_code, [row.name for row in page.context["rows"]]) == (409, [first])
    assert stored(ben)[second] != "42"
    chosen = dict(page.context["mine"]) | {"key": str(uuid4()), "known": page.context["known"], f"keep-{first}": "mine"}
    chosen["seen"] = str(page.context["record"].version)
    assert ben.client.post(ben.address, chosen).status_code == 302
    found = stored(ben)
    assert (found[first], found[second], found[third]) == ("51", "42", "77")


def test_what_is_taken_by_the_button_is_told_on_the_next_page(pair: tuple[Editor, Editor]) -> None:
    amina, ben = pair
    first, second, *_more = PLACES[amina.address]
    amina.type(**{first: "31"}).autosave()
    page = ben.client.post(ben.address, ben.type(**{second: "42"}).posted(), follow=True)
    assert "Filled in by Amina Diallo at " in page.content.decode()


@pytest.mark.parametrize("nonsense", ["[]", "{", '{"a": 1}', '{"a": [1]}', "[" * 5000, '{"participants": ["\\u0000"]}'])
def test_what_a_page_says_it_knows_is_not_believed_blindly(pair: tuple[Editor, Editor], nonsense: str) -> None:
    _amina, ben = pair
    assert ben.client.post(ben.address, ben.posted(autosave="1", known=nonsense)).status_code in (200, 409)


@pytest.mark.walk
@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_no_saved_word_is_written_over_unseen(pair: tuple[Editor, Editor], seed: int) -> None:
    """Every change in the trail replaced a value that the page of its writer had shown."""
    dice = random.Random(seed)
    names = PLACES[pair[0].address]
    for _step in range(14):
        editor = dice.choice(pair)
        editor.type(**{dice.choice(names): str(dice.randint(1, 99)) for _field in range(2)})
        before = stored(editor)
        answer = editor.autosave()
        after = stored(editor)
        lost = [name for name in names if before[name] != after[name] and before[name] not in editor.shown[name]]
        assert lost == []
        if dice.random() < 0.5:
            editor.keep(answer)
    assert Entry.objects.count() > 0


def test_a_source_and_a_reason_are_kept_where_the_figure_is_the_proposal(
    story_line: None, cast: SimpleNamespace, as_person: LogIn
) -> None:
    ben = Editor(as_person(cast.ben), LINE).open()
    ben.type(participants="2400", participants__reason="We asked both schools", participants__source="feedback")
    assert ben.autosave().status_code == 200
    figure = ForecastFigure.objects.get(line__project__slug="story-hours", metric="participants")
    assert (figure.override, figure.source, figure.reason) == (None, "feedback", "We asked both schools")
    page = as_person(cast.ben).get(LINE).content.decode()
    assert "We asked both schools" in page


def test_a_source_and_a_reason_are_kept_where_no_figure_is_typed_yet(
    story_line: None, cast: SimpleNamespace, as_person: LogIn
) -> None:
    ForecastFigure.objects.update(proposal=None, proposal_year=None, override=None, source="", reason="")
    ben = Editor(as_person(cast.ben), LINE).open().type(source="trend", reason="The area grows")
    ben.autosave()
    assert (stored(ben)["source"], stored(ben)["reason"]) == ("trend", "The area grows")


def test_what_cannot_be_read_is_named_and_the_rest_is_saved(pair: tuple[Editor, Editor]) -> None:
    _amina, ben = pair
    first = {LINE: "participants", REPORT: "activities_held", EVALUATION: "people_used"}[ben.address]
    second = next(name for name in PLACES[ben.address] if name != first)
    answer = ben.type(**{first: "about 3k", second: "42"}).autosave()
    assert (answer.status_code, list(answer.json()["wrong"])) == (422, [first])
    assert stored(ben)[second] == "42"


def test_a_lesson_begun_is_not_called_saved(evaluation: Evaluation, cast: SimpleNamespace, as_person: LogIn) -> None:
    ben = Editor(as_person(cast.ben), EVALUATION).open()
    answer = ben.client.post(EVALUATION, ben.posted(autosave="1", lesson="Book the hall"))
    assert "Not saved yet, press its button: Another lesson." in answer.json()["saved"]


def test_the_result_of_a_goal_that_was_added_meanwhile_is_left_alone(
    evaluation: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    ben = Editor(as_person(cast.ben), EVALUATION).open()
    figures = GoalFigures(actual=None)
    goal = reviews.add_goal(evaluation, "Stayed", figures, by=cast.amina, at=JULY, seen=evaluation.version)
    reviews.write(evaluation, by=cast.amina, at=JULY, seen=evaluation.version, goals={goal.pk: 75})  # type: ignore[dict-item]
    assert ben.type(reached="Two groups").autosave().status_code == 200
    goal.refresh_from_db()
    assert goal.actual == 75


def test_a_report_that_was_submitted_meanwhile_is_refused_in_a_sentence(
    report: None, cast: SimpleNamespace, as_person: LogIn
) -> None:
    ben = Editor(as_person(cast.ben), REPORT).open()
    found = ProgressReport.objects.get(period_first=date(2027, 10, 1))
    counted = ReportContent(activities_held=4, participants_reached=40, **TEXTS)
    reports.write(found, counted, by=cast.amina, at=NOVEMBER, seen=found.version)
    reports.submit(found, by=cast.amina, at=NOVEMBER, seen=found.version)
    asked_json = {"accept": "application/json"}
    answer = ben.client.post(REPORT, ben.type(problems="Cold").posted(autosave="1"), headers=asked_json)
    assert (answer.status_code, "saved" in answer.json()) == (409, False)
    assert answer.json()["refused"].startswith("This can no longer be edited")


def texts(folder: str, pattern: str) -> dict[str, str]:
    """The files of a folder, by their names."""
    root = Path(settings.BASE_DIR)
    return {str(path.relative_to(root)): path.read_text() for path in sorted((root / folder).rglob(pattern))}


def test_every_form_that_saves_as_one_types_carries_what_its_page_showed() -> None:
    saving = {name: text for name, text in texts("templates", "*.html").items() if "data-autosave=" in text}
    assert len(saving) == len(PLACES)
    assert [name for name, text in saving.items() if ".known }}" not in text or ".seen }}" not in text] == []


def test_no_script_takes_a_page_it_was_led_to_for_an_answer() -> None:
    asking = {name: text for name, text in texts("static/js", "*.js").items() if "fetch(" in text}
    assert [name for name, text in asking.items() if text.count("fetch(") != text.count('redirect: "manual"')] == []


def test_only_a_page_that_shows_what_changed_moves_the_version_of_a_form_that_was_sent() -> None:
    modules = {name: text for app in APPS for name, text in texts(app, "*.py").items() if "/tests/" not in name}
    moving = [name for name, text in modules.items() if re.search(r"""\[["']seen["']\]\s*=(?!=)""", text)]
    assert moving == ["sop_portal/reminders/pages/schedule.py"]
