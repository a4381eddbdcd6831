"""The review of the process: its figures beside an independent reading of the trail, and the records behind each."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from planning.forecasts.actions import send_back, submit
from planning.models import Forecast
from sop_portal.dashboards.figures import half_and_nine_in_ten, whole_days
from sop_portal.dashboards.pages.process.steps import is_slower
from sop_portal.dashboards.pages.process.tables import ReviewColumn, ReviewFigure, ReviewRow, ReviewTable
from sop_portal.dashboards.queries.process import StepTimes, contested_in, late_records, sent_back, steps_in, times_of
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.reasons import Explained, Reason
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.table import Step, workflow_of
from sop_portal.stages import WORKFLOWS
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, MARK, small_year

Browser = Callable[[User], Client]
NOW = AUGUST + timedelta(days=9)
URL = "/2027/process-review/"
RECORDS = f"{URL}records/"


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year: forecasts sent back once, everything decided."""
    return small_year(cast)


def by_hand(cycle: Any) -> dict[str, list[float]]:
    """The days each awaited step took, read from the trail record by record, in another way than the page does."""
    waits: dict[str, list[float]] = defaultdict(list)
    keys = Entry.objects.filter(cycle_id=cycle.pk).values_list("kind", "record_id").distinct()
    for kind, record in keys:
        if kind not in WORKFLOWS:
            continue
        history = list(Entry.objects.filter(kind=kind, record_id=record).exclude(state_to="").order_by("position"))
        for earlier, later in itertools.pairwise(history):
            if later.state_from and later.verb in WORKFLOWS[kind].names and WORKFLOWS[kind][later.verb].awaited:
                waits[f"{kind}/{later.verb}"].append((later.at - earlier.at) / timedelta(days=1))
    return waits


def test_the_days_are_those_of_the_trail(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    found = times_of(steps_in(year.cycle, Actor.of(cast.emil, NOW)))
    expected = by_hand(year.cycle)
    assert {name: times.count for name, times in found.items()} == {name: len(days) for name, days in expected.items()}
    for name, days in expected.items():
        ordered = sorted(days)
        # The middle of all, or between the two in the middle; and the first wait that nine in ten do not exceed.
        middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
        half = sum(middle) / len(middle)
        most = next(day for day in ordered if sum(other <= day for other in days) * 10 >= len(days) * 9)
        assert (found[name].half, found[name].nine_in_ten) == pytest.approx((half, most)), name


@pytest.mark.parametrize(
    ("days", "expected"),
    [([3.0], (3, 3)), ([1.0, 2.0], (1.5, 2)), ([5.0, 1.0, 3.0], (3, 5)), ([float(n) for n in range(1, 11)], (5.5, 9))],
)
def test_half_and_nine_in_ten(days: list[float], expected: tuple[float, float]) -> None:
    assert half_and_nine_in_ten(days) == expected


@pytest.mark.parametrize(
    ("now", "before", "expected"), [(3.86, 3.5, False), (3.5, 3.4, True), (2.5, 2.4, True), (3.4, 3.4, False)]
)
def test_a_step_is_called_slower_where_the_days_shown_are_more(now: float, before: float, expected: bool) -> None:
    found, then = (StepTimes("forecast/accept", 2, half, half) for half in (now, before))
    assert (is_slower(found, then), whole_days(now) > whole_days(before)) == (expected, expected)


def test_every_contested_line_is_counted_whatever_became_of_it(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    """As many as the trail says that departments contested, each for one line; a head counts the own ones."""
    contested = Entry.objects.filter(cycle_id=year.cycle.pk, kind="confirmation", verb="contest").count()
    everybody, head = Actor.of(cast.emil, NOW), Actor.of(cast.amina, NOW)
    assert (contested_in(year.cycle, everybody).count(), contested > 0) == (contested, True)
    assert contested_in(year.cycle, head).count() == 1


def test_what_came_back_is_counted_by_the_reason_chosen(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    """Sent back with a reason beside the words; without one it is counted as such."""
    forecast = Forecast.objects.get(department=year.arts.department)
    Forecast.objects.filter(pk=forecast.pk).update(state="submitted")
    forecast.refresh_from_db()
    words = Explained("The lists are missing", Reason.MISSING)
    entries_before = Entry.objects.filter(verb="send-back").count()
    send_back(forecast, by=cast.chen, at=NOW, seen=forecast.version, comment=words)
    back = sent_back(steps_in(year.cycle, Actor.of(cast.emil, NOW)))
    said = Entry.objects.filter(verb="send-back").order_by("-position").first()
    assert said is not None
    assert (said.comment, said.changes[0]["new"]) == ("The lists are missing", "missing")
    assert Counter(step.reason for step in back) == {"missing": 1, "": entries_before}


def test_the_form_of_sending_back_asks_for_a_reason_and_no_other_does() -> None:
    forecast = workflow_of("forecast")
    assert forecast is not None

    def asked(step: Step[Any], **typed: str) -> StepForm:
        return StepForm({"seen": "1", "comment": "Count again", **typed}, step=step)

    without, chosen, other = (
        asked(forecast["send-back"]),
        asked(forecast["send-back"], reason="figure"),
        asked(forecast["accept"]),
    )
    assert (without.is_valid(), chosen.is_valid(), other.is_valid()) == (False, True, True)
    comment = chosen.cleaned_data["comment"]
    assert (comment, comment.reason, set(chosen.cleaned_data)) == ("Count again", "figure", {"seen", "comment"})


def test_a_head_counts_the_own_department_alone(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    mine = steps_in(year.cycle, Actor.of(cast.amina, NOW))
    everything = steps_in(year.cycle, Actor.of(cast.emil, NOW))
    assert {step.department_id for step in mine} == {year.arts.department.pk}
    assert 0 < len(mine) < len(everything)
    assert late_records(year.cycle, Actor.of(cast.amina, NOW)) == []


def test_every_figure_leads_to_as_many_records(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.emil)
    with clock.at(NOW):
        tables = browser.get(URL).context["tables"].values()
        cells = [figure for table in tables for row in table.rows for figure in row.figures if figure.url]
        figures = [(cell.url, cell.value) for cell in cells if RECORDS in cell.url and "returned" not in cell.url]
        assert len(figures) > 10
        found = [(url, browser.get(url).context["count"]) for url, _count in figures]
        answers = {browser.get(cell.url).status_code for cell in cells}
    assert (found, answers) == (figures, {200})


def test_nobody_reads_of_another_department(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    with clock.at(NOW):
        pages = [
            as_person(person).get(f"{URL}records/?what=back").content.decode() for person in (cast.amina, cast.bao)
        ]
    assert [(MARK in page, bool(re.search("Count again", page))) for page in pages] == [(False, True), (True, True)]


def test_a_head_chooses_a_reason_on_the_page_and_the_other_side_reads_it(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    forecast = Forecast.objects.get(department=year.arts.department)
    Forecast.objects.filter(pk=forecast.pk).update(state="returned")
    forecast.refresh_from_db()
    submit(forecast, by=cast.amina, at=AUGUST.replace(month=3), seen=forecast.version, comment="Again")
    forecast.refresh_from_db()
    typed = {"seen": forecast.version, "comment": "No source", "reason": "evidence"}
    with clock.at(AUGUST.replace(month=3)):
        answer = as_person(cast.chen).post(
            f"{forecast.get_absolute_url()}send-back/", {**typed, "key": "5f0c8f7e-7f0e-4c8e-9f57-0a4a7f8a9b01"}
        )
        text = as_person(cast.amina).get(forecast.get_absolute_url()).content.decode()
    assert (answer.status_code, "Evidence missing" in text) == (302, True)


@pytest.mark.parametrize(("count", "hidden"), [(10, 0), (11, 2)])
def test_on_a_phone_a_long_table_shows_its_first_rows_and_the_marked_ones(count: int, hidden: int) -> None:
    rows = [ReviewRow(f"Step {n}", (ReviewFigure("1"),), "slower" if n == count - 1 else "") for n in range(count)]
    table = ReviewTable("steps", "Steps", "", (ReviewColumn("Step", "words"), ReviewColumn("Times")), rows)
    html = render_to_string("dashboards/process_table.html", {"table": table})
    assert (html.count("beyond"), html.count('href="#steps"')) == (hidden, 1 if hidden else 0)
