"""A year that is looked back on, shared by the tests of evaluations, lessons and measures."""

from datetime import datetime
from types import SimpleNamespace

from budgets.tests.running_year import running_cycle
from evaluations.models import Evaluation
from evaluations.tests.reporting_year import NOVEMBER, started_project
from evaluations.tests.review_year import (
    JULY,
    evaluation_of,
    finished_project,
    submitted,
    with_money,
    written,
    year_with_windows,
)
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.shared_fixtures import moment, shared_fixture

july = moment(JULY, "Wednesday 12 July 2028: the year 2027 is over and looked back on.")


@shared_fixture
def ending(cast: SimpleNamespace) -> Cycle:
    """The year 2027 at its end, published, with its windows."""
    return year_with_windows(cast.ada)


@shared_fixture
def stories(ending: Cycle, arts: Department, cast: SimpleNamespace) -> Project:
    """The story hours of Arts, led by Ben."""
    return with_money(finished_project(ending, arts, cast.ben, "Story hours"))


@shared_fixture
def league(ending: Cycle, sports: Department, cast: SimpleNamespace) -> Project:
    """The summer league of the other department."""
    return finished_project(ending, sports, None, "Summer league")


@shared_fixture
def drafted(stories: Project, cast: SimpleNamespace, july: datetime) -> Evaluation:
    """The evaluation of the story hours, a new draft."""
    return evaluation_of(stories, cast.amina)


@shared_fixture
def handed_over(drafted: Evaluation, cast: SimpleNamespace) -> Evaluation:
    """The evaluation of the story hours, written by Ben and submitted by Amina."""
    return submitted(written(drafted, cast.ben), cast.amina)


november = moment(NOVEMBER, "Monday 8 November 2027, noon in New York: October's reports are due in two days.")


@shared_fixture
def running(cast: SimpleNamespace) -> Cycle:
    """The year 2027, published."""
    return running_cycle(cast.ada)


@shared_fixture
def story_hours(running: Cycle, arts: Department, cast: SimpleNamespace) -> Project:
    """Story hours: 120 activities, 2,400 participants, 14,400.00 evenly over the year; Ben leads it."""
    return started_project(running, arts, cast.ben, cast.amina, "Story hours")


@shared_fixture
def summer_league(running: Cycle, sports: Department, cast: SimpleNamespace, story_hours: Project) -> Project:
    """A project with the same plan in the other department."""
    return started_project(running, sports, None, cast.bao, "Summer league")
