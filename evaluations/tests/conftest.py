"""A year that is looked back on, shared by the tests of evaluations, lessons and measures."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

import pytest

from evaluations.models import Evaluation
from evaluations.tests.looking_back import (
    JULY,
    evaluation_of,
    finished_project,
    submitted,
    with_money,
    written,
    year_with_windows,
)
from planning.models import Cycle, Project
from sop_portal.kit import clock
from sop_portal.organisation.models import Department


@pytest.fixture
def july() -> Iterator[datetime]:
    """Wednesday 12 July 2028: the year 2027 is over and looked back on."""
    with clock.at(JULY):
        yield JULY


@pytest.fixture
def ending(cast: SimpleNamespace) -> Cycle:
    """The year 2027 at its end, published, with its windows."""
    return year_with_windows(cast.ada)


@pytest.fixture
def stories(ending: Cycle, arts: Department, cast: SimpleNamespace) -> Project:
    """The story hours of Arts, led by Ben."""
    return with_money(finished_project(ending, arts, cast.ben, "Story hours"))


@pytest.fixture
def league(ending: Cycle, sports: Department, cast: SimpleNamespace) -> Project:
    """The summer league of the other department."""
    return finished_project(ending, sports, None, "Summer league")


@pytest.fixture
def drafted(stories: Project, cast: SimpleNamespace, july: datetime) -> Evaluation:
    """The evaluation of the story hours, just laid out."""
    return evaluation_of(stories, cast.amina)


@pytest.fixture
def handed_over(drafted: Evaluation, cast: SimpleNamespace) -> Evaluation:
    """The same, written by Ben and submitted by Amina."""
    return submitted(written(drafted, cast.ben), cast.amina)
