"""Corrections of counts are found: in the list of the year, on their project, by their words, among the decisions."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from evaluations.models import CountCorrection
from evaluations.reports import actions
from evaluations.tests.test_corrected_counts import accepted, asked, confirm
from evaluations.tests.test_withdrawn_corrections import withdraw
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.workbook.read_only import TITLES

__all__ = ["accepted", "asked"]
Browser = Callable[[User], Client]
LIST = "/2027/corrections/"


@shared_fixture
def four(asked: CountCorrection, cast: SimpleNamespace, november: datetime) -> dict[str, CountCorrection]:
    """One correction in every state, of one count."""
    found = {}
    for state, becomes in (("in_force", 12), ("declined", 20), ("withdrawn", 30), ("asked", 40)):
        correction = asked
        if state != "in_force":
            why = f"Reason {state}"
            correction = actions.correct_count(
                asked.report, "activities", becomes, reason=why, by=cast.ben, at=november
            )
        if state == "in_force":
            confirm(correction, cast.emil, november)
        if state == "declined":
            actions.decline(correction, by=cast.emil, at=november, seen=correction.version, comment="No")
        if state == "withdrawn":
            withdraw(correction, cast.ben, november)
        found[state] = correction
    return found


def linked(page: str, corrections: dict[str, CountCorrection]) -> set[str]:
    """The states of those corrections that a page leads to."""
    return {state for state, one in corrections.items() if f'href="{one.get_absolute_url()}"' in page}


def test_the_list_of_the_year_shows_every_correction_with_state_and_figures(
    four: dict[str, CountCorrection], cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    with clock.at(november):
        page = as_person(cast.emil).get(LIST).content.decode()
        assert f'href="{LIST}"' in as_person(cast.ben).get("/2027/progress/").content.decode()
    assert linked(page, four) == set(four)
    for label in ("Asked", "In force", "Declined", "Withdrawn"):
        assert label in page
    for figure in (">10<", "+2", ">12<", "+8", "+18", "+28"):
        assert figure in page


@pytest.mark.parametrize("state", ["asked", "in_force", "declined", "withdrawn"])
def test_the_list_is_narrowed_by_state(
    state: str, four: dict[str, CountCorrection], cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    with clock.at(november):
        page = as_person(cast.amina).get(LIST, {"state": state}).content.decode()
    assert linked(page, four) == {state}


def test_the_project_and_the_report_lead_to_every_correction(
    four: dict[str, CountCorrection], cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    project, report = four["asked"].project, four["asked"].report
    with clock.at(november):
        pages = [as_person(cast.ben).get(one.get_absolute_url()).content.decode() for one in (project, report)]
    assert [linked(page, four) for page in pages] == [set(four), set(four)]
    assert "20 instead of 12" in pages[0]
    assert "withdrew the correction" in pages[0]


@pytest.mark.parametrize(("name", "finds"), [("ben", True), ("amina", True), ("omar", True), ("bao", False)])
def test_a_correction_is_found_by_why_within_what_a_person_sees(
    name: str,
    finds: bool,
    four: dict[str, CountCorrection],
    cast: SimpleNamespace,
    november: datetime,
    as_person: Browser,
) -> None:
    with clock.at(november):
        person = as_person(getattr(cast, name))
        found = person.get("/search/", {"q": "reason withdrawn"}).content.decode()
        listed = person.get(LIST).content.decode()
    assert linked(found, four) == ({"withdrawn"} if finds else set())
    assert linked(listed, four) == (set(four) if finds else set())


def test_the_decisions_of_an_exported_year_name_them(
    four: dict[str, CountCorrection], cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    with clock.at(november):
        answer = as_person(cast.omar).get("/2027/export/")
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name(str(TITLES["decisions"])).to_python()
    )
    acts = [tuple(row[5:8]) for row in rows if row[3] == "Correction of a count"]
    assert [act for act in acts if act[1] == "Asked"] == [
        ("Confirm correction", "Asked", "In force"),
        ("Decline correction", "Asked", "Declined"),
        ("Withdraw correction", "Asked", "Withdrawn"),
    ]
    assert len(acts) == 7
