"""A request goes out as a workbook and comes back, with lines of its own."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from planning.models import RequestLine
from planning.requests import actions as requests
from planning.requests.actions import AskedLine
from planning.tests.requesting import DURING, ask_bus, open_year
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import moment, shared_fixture
from sop_portal.workbook.actions import bring, take_back
from sop_portal.workbook.tests.books import book, understood

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
during = moment(DURING, "6 April 2027: requests are written.")


@shared_fixture
def asking(cast: SimpleNamespace, during: datetime) -> SimpleNamespace:
    """The requests of 2027 are filled in; Arts asks for the Bookmobile too."""
    year = open_year(cast)
    year.bus_line = ask_bus(year, cast.amina)
    year.arts.refresh_from_db()
    year.cast, year.at = cast, during
    return year


def taken_away(browser: Client) -> list[list[Any]]:
    """The rows of the workbook as the head of Arts takes it away."""
    packed = browser.get("/2027/export/request/arts/").content
    rows = CalamineWorkbook.from_filelike(BytesIO(packed)).get_sheet_by_index(0).to_python()
    return [[None if cell == "" else cell for cell in row] for row in rows]


def changed(w: SimpleNamespace, quantity: str) -> None:
    """A colleague asks for another quantity of the Bookmobile on the page."""
    line = RequestLine.objects.select_related("request", "project", "pool", "forecast_line").get(pk=w.bus_line.pk)
    asked = AskedLine(line.pool, line.what, Decimal(quantity), why=line.why, forecast_line=line.forecast_line)
    requests.change_line(line, asked, by=w.cast.amina, at=w.at, seen=line.request.version)


def lines() -> dict[str, Decimal]:
    """What Arts asks for, and how much of it."""
    found = RequestLine.objects.filter(request__department__slug="arts").select_related("pool")
    return {f"{line.pool.name}, {line.called}": line.quantity for line in found}


def of_bus(rows: list[list[Any]]) -> list[Any]:
    """The row of the Bookmobile."""
    return next(row for row in rows if row[2] == "Bookmobile")


def test_a_request_goes_out_and_comes_back_with_a_line_of_its_own(asking: SimpleNamespace, as_person: Browser) -> None:
    w = asking
    before = lines()
    rows = taken_away(as_person(w.cast.amina))
    assert len(rows) == 1 + len(before)
    of_bus(rows)[4] = 40
    new = [
        "Arts",
        "Story hours",
        "Programme fund",
        "Chairs",
        120,
        None,
        None,
        None,
        "The old ones broke",
        2027,
        None,
        None,
    ]
    packed = book({"Request lines": [*rows, new]})
    [sheet] = bring(understood(packed, w.cast.amina, w.at), by=w.cast.amina, at=w.at)
    assert lines() == before | {"Bookmobile, Bookmobile": 40, "Programme fund, Chairs": 120}
    assert sheet.rows == 2
    assert not understood(packed, w.cast.amina, w.at).has_changes
    take_back(sheet, by=w.cast.amina, at=w.at)
    assert lines() == before
    assert problems() == []


@pytest.mark.parametrize(("answer", "quantity"), [("mine", 40), ("theirs", 30)])
def test_what_both_changed_is_asked(asking: SimpleNamespace, as_person: Browser, answer: str, quantity: int) -> None:
    w = asking
    rows = taken_away(as_person(w.cast.amina))
    changed(w, "30")
    of_bus(rows)[4] = 40
    packed = book({"Request lines": rows})
    [(_sheet, question)] = understood(packed, w.cast.amina, w.at).questions
    assert question.sentence == (
        "“Story hours”, Bookmobile, Quantity: you wrote “40”, and somebody else “30” meanwhile. Which?"
    )
    found = understood(packed, w.cast.amina, w.at, answers={question.key: answer})
    bring(found, by=w.cast.amina, at=w.at)
    assert lines()["Bookmobile, Bookmobile"] == quantity


def test_what_only_a_colleague_changed_stays(asking: SimpleNamespace, as_person: Browser) -> None:
    w = asking
    rows = taken_away(as_person(w.cast.amina))
    changed(w, "30")
    assert not understood(book({"Request lines": rows}), w.cast.amina, w.at).has_changes


def test_a_line_keeps_its_resource_and_others_see_none_of_it(asking: SimpleNamespace, as_person: Browser) -> None:
    w = asking
    rows = taken_away(as_person(w.cast.amina))
    assert as_person(w.cast.bao).get("/2027/export/request/arts/").status_code == 404
    of_bus(rows)[2] = "Programme fund"
    found = understood(book({"Request lines": rows}), w.cast.amina, w.at)
    assert [one["kind"] for one in found.problems_as_json()] == ["stays"]
    others = understood(book({"Request lines": rows}), w.cast.bao, w.at)
    assert {one["kind"] for one in others.problems_as_json()} == {"no-line"}
