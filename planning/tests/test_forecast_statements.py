"""What people send asks the database once for each thing it has to know: actor, record, roles, seals."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

from django.test import Client

from planning.models import Cycle
from planning.tests.stage_one import filled, forecast_of, submitted
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.statements import on_postgresql, statements_of_post

LogIn = Callable[[User], Client]
ARTS = "/2027/forecasts/arts/"


def test_a_comment_takes_thirteen_statements(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    browser = as_person(cast.amina)
    browser.get(ARTS)
    assert statements_of_post(browser, f"/comments/forecast/{forecast_of(arts).pk}/", text="Two schools wait") == 13


def test_submitting_takes_as_many_statements_for_three_projects_as_for_one(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, in_march: datetime
) -> None:
    for name in ("Makerspace", "Book bus"):
        filled(arts, name, cast.amina, in_march)
    browser = as_person(cast.amina)
    browser.get(ARTS)
    seen = forecast_of(arts).version
    assert statements_of_post(browser, f"{ARTS}submit/", seen=seen, comment="") == on_postgresql(29)


def test_accepting_takes_as_many_statements_for_three_projects_as_for_one(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, in_march: datetime
) -> None:
    for name in ("Makerspace", "Book bus"):
        filled(arts, name, cast.amina, in_march)
    seen = submitted(arts, cast.amina, in_march).version
    browser = as_person(cast.chidi)
    browser.get(ARTS)
    assert statements_of_post(browser, f"{ARTS}accept/", seen=seen, comment="") == on_postgresql(29)
