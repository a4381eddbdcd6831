"""What people write is found again by its words, or it stands here where it is found."""

from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client

from sop_portal.dashboards.queries.search_records import KINDS
from sop_portal.foundation.organisation.models import User
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import filled_year

ONE_A_DEPARTMENT = "there is one a department and a year, on the page of the year"
ONE_A_PROJECT = "its project is found, and leads there"
# Kinds of records that are not searched by their words, and where they are found.
NOT_SEARCHED = {
    "cycle": "it is found by its year",
    "forecast": ONE_A_DEPARTMENT,
    "demand-report": "there is one a year, in the navigation",
    "extension-request": "it stands on the page of the year",
    "request": "its lines are searched",
    "budget": "its lines are found by their numbers",
    "confirmation": ONE_A_DEPARTMENT,
    "project": "projects are searched by their names",
    "report": ONE_A_PROJECT,
    "evaluation": ONE_A_PROJECT,
    "training": "there are a few a year, in the navigation",
}


def test_every_kind_of_record_is_searched_or_said_to_be_found_elsewhere() -> None:
    searched = {kind.rows.model for kind in KINDS}
    assert {workflow.kind for workflow in ALL_WORKFLOWS if workflow.model not in searched} == set(NOT_SEARCHED), (
        "Name it among KINDS of sop_portal/dashboards/queries/search_records.py, or say in NOT_SEARCHED of "
        "sop_portal/dashboards/tests/test_searched_kinds.py where it is found."
    )


def test_a_change_proposal_is_found_by_the_words_of_its_title(
    cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    proposal = filled_year(cast).records["proposal"]
    page = as_person(cast.emil).get("/search/", {"q": proposal.title}).content.decode()
    assert proposal.get_absolute_url() in page
