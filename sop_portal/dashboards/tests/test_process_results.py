"""What the process led to, on the review of the process: each figure beside one worked out by hand, and its records."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from django.test import Client

from budgets.models import Appropriation
from budgets.spending import actions as spending
from budgets.spending.actions import Payment
from evaluations.feedback import actions as feedback
from evaluations.models import Evaluation
from evaluations.reviews import actions as reviews
from evaluations.reviews.queries import forecast_results
from evaluations.tests.conftest import drafted as drafted
from evaluations.tests.conftest import ending as ending
from evaluations.tests.conftest import handed_over as handed_over
from evaluations.tests.conftest import july as july
from evaluations.tests.conftest import league as league
from evaluations.tests.conftest import stories as stories
from evaluations.tests.review_year import JULY, JUNE, with_money
from planning.models import Cycle, ForecastFigure, Project
from sop_portal.dashboards.figures import weighted_miss
from sop_portal.dashboards.pages.process.tables import ReviewTable
from sop_portal.dashboards.queries.process_results import exceptions_counted, missed, money_back, of_metric
from sop_portal.dashboards.tests.review_by_hand import (
    differences,
    error_by_hand,
    exceptions_by_hand,
    feedback_by_hand,
    given_back_by_hand,
    results_by_hand,
)
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.shared_fixtures import shared_fixture

Browser = Callable[[User], Client]
URL = "/2027/process-review/"
EARLY = date(2027, 6, 30)


@shared_fixture
def looked_back(
    handed_over: Evaluation,
    league: Project,
    cast: SimpleNamespace,
    arts: Department,
) -> Cycle:
    """One evaluation reviewed, one project cancelled, one exception asked for, feedback answered late and in time."""
    cycle = handed_over.cycle
    said = {"override": Decimal(400), "source": "feedback", "reason": "They told us"}
    ForecastFigure.objects.filter(metric="people").update(**said)
    reviews.review(handed_over, by=cast.emil, at=JULY, seen=handed_over.version)
    stopped = with_money(league)
    line = Appropriation.objects.filter(project=stopped).order_by("pk").first()
    assert line is not None
    asked = Payment(Decimal("5.00"), EARLY, "Deposit")
    spending.ask_exception(line, asked, why="Before July", by=cast.dora, at=JUNE)
    stopped.refresh_from_db()
    spending.cancel(stopped, by=cast.bao, at=JUNE, seen=stopped.version, comment="The roof leaks")
    for title, days in (("Slow", 20), ("Quick", 3)):
        given = feedback.give(cycle, arts, title=title, text="The form", kind="idea", by=cast.amina, at=JUNE)
        feedback.answer(
            given, by=cast.emil, at=JUNE + timedelta(days=days), seen=given.version, comment="We shorten it"
        )
        feedback.say_if_it_helped(given, helped=days < 14, by=cast.amina, at=JUNE + timedelta(days=days))
    feedback.give(cycle, arts, title="Open", text="No answer", by=cast.amina, at=JUNE)
    return cycle


LATER = JUNE + timedelta(days=30)


def tables(browser: Client) -> dict[str, ReviewTable]:
    with clock.at(LATER):
        found: dict[str, ReviewTable] = browser.get(URL).context["tables"]
    return found


def figures(table: ReviewTable) -> dict[str, list[str]]:
    return {str(row.name): [str(figure.text) for figure in row.figures] for row in table.rows}


def test_all_figures_are_those_worked_out_by_hand(looked_back: Cycle, cast: SimpleNamespace) -> None:
    assert differences(looked_back, Actor.of(cast.emil, LATER)) == []


def test_forecasts_stand_beside_what_the_evaluations_say(looked_back: Cycle, cast: SimpleNamespace) -> None:
    results = list(forecast_results(looked_back, Actor.of(cast.emil, LATER)))
    expected = results_by_hand(looked_back)
    assert sorted(expected) == ["activities", "participants", "people"]
    for metric, pairs in expected.items():
        found = of_metric(results, metric)
        assert [(each.forecast, each.actual) for each in found] == pairs
        assert float(missed(found).error or 0) == pytest.approx(error_by_hand(pairs))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [([], None), ([(1, 0)], None), ([(100, 80), (60, 80)], 25), ([(80, 80)], 0)],
)
def test_misses_to_both_sides_do_not_make_up_for_each_other(pairs: list[tuple[int, int]], expected: int | None) -> None:
    assert weighted_miss((Decimal(forecast), Decimal(actual)) for forecast, actual in pairs) == expected


def test_exceptions_are_those_of_the_trail(looked_back: Cycle, cast: SimpleNamespace) -> None:
    counted = exceptions_counted(looked_back, Actor.of(cast.emil, LATER))
    assert counted == exceptions_by_hand(looked_back)
    assert counted.total() == 1


def test_what_a_cancelled_project_gave_back_is_what_its_lines_hold_less(
    looked_back: Cycle, sports: Department, cast: SimpleNamespace
) -> None:
    back = money_back(looked_back, Actor.of(cast.emil, LATER))
    assert {each.department_id: each.amount for each in back} == given_back_by_hand(looked_back)
    assert given_back_by_hand(looked_back) == {sports.pk: Decimal(410)}


def test_the_answers_to_feedback_are_those_of_its_history(
    looked_back: Cycle, cast: SimpleNamespace, as_person: Browser
) -> None:
    by_hand = feedback_by_hand(looked_back, LATER.date())
    asked = ("given", "answered", "in-time", "late", "helped", "not-helped")
    rows = figures(tables(as_person(cast.emil))["feedback"])
    shown = {kind: [int(text) for text in rows[name]] for kind, name in (("idea", "Idea"), ("problem", "Problem"))}
    assert shown == {kind: [by_hand[kind][each] for each in asked] for kind in ("idea", "problem")}
    assert shown == {"idea": [2, 2, 1, 1, 1, 1], "problem": [1, 0, 0, 1, 0, 0]}


def test_every_new_figure_leads_to_its_records(looked_back: Cycle, cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.emil)
    keys = ("forecasts", "missed", "exceptions", "money", "feedback", "givers")
    cells = [figure for key in keys for row in tables(browser)[key].rows for figure in row.figures if figure.url]
    with clock.at(LATER):
        answers = [(browser.get(cell.url), cell) for cell in cells]
    assert {answer.status_code for answer, _cell in answers} == {200}
    counts = [(answer.context["count"], cell.value) for answer, cell in answers if "measure=" in cell.url]
    assert counts == [(1, 1)] * 3
    about = [(answer.context["count"], cell.value) for answer, cell in answers if "about=" in cell.url]
    assert Counter(found == value for found, value in about) == {True: len(about)}


def test_a_head_reads_of_the_own_department_alone(
    looked_back: Cycle, cast: SimpleNamespace, as_person: Browser
) -> None:
    mine, theirs = tables(as_person(cast.amina)), tables(as_person(cast.bao))
    keys = ("forecasts", "exceptions", "money", "feedback")
    assert [bool(mine[key].rows) for key in keys] == [True, False, True, True]
    assert [bool(theirs[key].rows) for key in keys] == [False, True, True, False]
    names = {key: [str(row.name) for row in table["money"].rows] for key, table in (("a", mine), ("b", theirs))}
    assert names == {"a": ["Arts"], "b": ["Sports"]}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_whole_review_goes_out_as_a_spreadsheet(
    looked_back: Cycle, cast: SimpleNamespace, as_person: Browser, kind: str
) -> None:
    with clock.at(LATER):
        answer = as_person(cast.emil).get(f"{URL}export/{kind}/")
        unknown = as_person(cast.emil).get(f"{URL}export/pdf/").status_code
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (answer.status_code, unknown) == (200, 404)
    if kind == "csv":
        lines = content.decode("utf-8-sig").splitlines()
        assert "Feedback,Idea,Answered in time,1" in lines
        return
    with ZipFile(BytesIO(content)) as packed:
        text = packed.read("xl/worksheets/sheet1.xml").decode()
    parts = ("How far forecasts missed", "Spending exceptions", "How long each step took", "Answered in time")
    assert [part in text for part in parts] == [True] * 4


def test_the_year_before_stands_beside_it(
    looked_back: Cycle,
    cast: SimpleNamespace,
    as_person: Browser,
    july: datetime,
) -> None:
    following = Cycle.objects.create(
        year=2028,
        starts_on=date(2028, 7, 1),
        ends_on=date(2029, 6, 30),
        state="published",
        published_at=july,
        published_by=cast.ada,
    )
    with clock.at(LATER):
        shown = as_person(cast.emil).get(f"/{following.year}/process-review/").context["tables"]
    assert figures(shown["exceptions"]) == {"Sports": ["0", "0", "0", "0", "1"]}
    assert figures(shown["feedback"])["Idea"][-1] == "2"
    assert figures(shown["forecasts"])["Participants"][-1] == "4.0\N{NO-BREAK SPACE}%"
