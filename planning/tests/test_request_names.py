"""What the lines of a request are called, and which figure of the forecast they are about."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from planning.models import RequestLine
from planning.requests import actions
from planning.tests.requesting import DURING, Browser, open_year
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The requests of 2027 are open until 15 April."""
    return open_year(cast)


def renamed(line: RequestLine, by: User, **other: object) -> RequestLine:
    """The filled-in line under another name, or asked in another way."""
    asked = actions.AskedLine(line.pool, "Paper and paint", line.quantity, forecast_line=line.forecast_line)
    return actions.change_line(line, replace(asked, **other), by=by, at=DURING, seen=line.request.version)


def test_a_filled_in_line_stays_what_was_forecast_under_another_name(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    line = renamed(RequestLine.objects.get(request=year.arts, metric="materials"), cast.amina)
    assert (line.called, line.metric) == ("Paper and paint", "materials")
    entry = Entry.objects.filter(kind="request", verb="edit").order_by("position").last()
    assert entry is not None
    assert [(c["field"], c["old"], c["new"]) for c in entry.changes] == [("what", "Materials", "Paper and paint")]


@pytest.mark.parametrize("name", ["Materials", " Materials ", "物资"])
def test_a_line_called_as_its_figure_in_any_language_is_read_in_every_language(
    name: str, year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    line = renamed(RequestLine.objects.get(request=year.arts, metric="materials"), cast.amina, what=name)
    assert (line.what, line.called) == ("", "Materials")


def test_a_filled_in_line_that_asks_for_something_else_keeps_its_name_and_nothing_more(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    line = RequestLine.objects.get(request=year.arts, metric="materials")
    line = renamed(line, cast.amina, what="Materials", pool=year.bus, why="A tour")
    assert (line.what, line.metric) == ("Materials", "")


def test_a_filled_in_line_that_leads_to_no_forecast_any_more_is_no_figure_of_it(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    line = RequestLine.objects.get(request=year.arts, metric="materials")
    line = renamed(line, cast.amina, forecast_line=None, why_not_forecast="It came up in May")
    assert (line.what, line.metric) == ("Paper and paint", "")


@pytest.mark.parametrize("lie", [{"metric": "", "what": ""}, {"forecast_line": None, "why_not_forecast": "Late"}])
def test_the_database_accepts_no_line_without_a_name_and_no_figure_without_its_forecast(
    lie: dict[str, Any], year: SimpleNamespace
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLine.objects.filter(request=year.arts, metric="materials").update(**lie)


def test_a_name_of_nothing_but_digits_stays_as_it_was_typed(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    renamed(RequestLine.objects.get(request=year.arts, metric="materials"), cast.amina, what="2026")
    page = words_of(as_person(cast.amina).get("/2027/requests/arts/"))
    assert ("Materials → 2026" in page, "2,026" in page) == (True, False)
