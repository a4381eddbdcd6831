"""A form of a closed year is not shown to be filled in and refused: its address says at once what is possible."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from budgets.models import Appropriation
from planning.models import Pool, Project, RequestLine
from sop_portal.dashboards.pages import training
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.closed_years import LIVES_ON
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.workflow.years import year_closed
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.addresses import Address, of_house
from sop_portal.tests.every_act import NOW
from sop_portal.tests.page_text import words_of
from sop_portal.tests.test_offers_of_closed_years import WALKERS, is_taken
from sop_portal.tests.test_offers_of_closed_years import closed as closed
from sop_portal.tests.walking import Read

pytestmark = pytest.mark.slow
FORMS = [address for address in of_house() if address.shows_and_acts and "year" in address.converters]
# A form about a line of the budget has it in the query.
QUERIES = {"exception-new": "?line={line}", "expense-new": "?line={line}"}
CHOOSING = ("/2027/expenses/new/", "/2027/exceptions/new/")


def paths_of(address: Address) -> list[str]:
    """The address of a form, filled with what the year has."""
    models = [workflow.model for workflow in ALL_WORKFLOWS] + [RequestLine, Pool]
    values: dict[str, list[Any]] = {
        "year": [2027],
        "department": ["arts"],
        "slug": ["arts"],
        "project": list(Project.objects.values_list("slug", flat=True)[:3]),
        "period": ["2027-07"],
        "stage": ["forecast", "request", "budget", "execution", "evaluation"],
        "pk": sorted({pk for model in models for pk in model._default_manager.values_list("pk", flat=True)[:5]}),
        "number": [1, 2],
        "line": [1, 2],
        "other": [1],
    }
    choices = [[(name, value) for value in values.get(name, ["x"])] for name in address.converters]
    line = Appropriation.objects.order_by("pk").values_list("number", flat=True)[0]
    query = QUERIES.get(address.name, "").format(line=line)
    return sorted({address.filled(**dict(chosen)) + query for chosen in itertools.product(*choices)})


@pytest.mark.parametrize("who", WALKERS)
def test_no_address_of_a_form_shows_one_that_is_refused_after_sending(
    closed: SimpleNamespace, as_person: Any, who: str
) -> None:
    browser, offered = as_person(getattr(closed.cast, who)), []
    with clock.at(NOW):
        for path in (path for address in FORMS for path in paths_of(address)):
            answer = browser.get(path)
            read = Read(path)
            if answer.status_code == 200:
                read.feed(answer.content.decode())
            offered += [(path, form) for form in read.forms if not is_taken(form)]
    assert offered == []


def test_a_form_of_a_closed_year_says_what_lives_on(closed: SimpleNamespace, as_person: Any) -> None:
    with clock.at(NOW):
        answer = as_person(closed.cast.dora).get("/2027/training/new/")
    refusal = year_closed(closed.cycle)
    assert answer.status_code == 409
    assert f"{refusal.sentence} {refusal.way_out}" in words_of(answer)
    assert all(str(known.called) in str(refusal.way_out) for known in LIVES_ON.values())
    assert str(refusal.way_out) == (
        "Do it in a year that is open. In this one only these still move: measures, change proposals, answers to "
        "feedback, comments, corrections of past figures."
    )


@pytest.mark.parametrize("path", CHOOSING)
def test_a_closed_year_offers_no_line_to_choose(closed: SimpleNamespace, as_person: Any, path: str) -> None:
    with clock.at(NOW):
        answer = as_person(closed.cast.dora).get(path)
    assert (answer.status_code, str(year_closed(closed.cycle).sentence) in words_of(answer)) == (409, True)


def test_who_may_not_see_a_form_is_told_so_first(closed: SimpleNamespace, as_person: Any) -> None:
    with clock.at(NOW):
        assert as_person(closed.cast.ben).get("/2027/meetings/new/").status_code == 403


def test_the_training_of_a_closed_year_offers_no_session(
    closed: SimpleNamespace, as_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = Button("Plan a session", "/2027/training/new/")
    monkeypatch.setattr(training, "warning", lambda *_: NextBox("Not trained", "", "back", buttons=[offer]))
    with clock.at(NOW):
        found = as_person(closed.cast.dora).get("/2027/training/")
    assert (found.status_code, "training/new/" in found.content.decode()) == (200, False)
