"""The process, readable in a minute: five stages in order, and the folders each is made of.

What may happen to the records of a folder stands in its `workflow.py`, what people do in its `actions.py`, who owes
what until when in its `deadlines.py`. Everything that has to know all of a year reads it from here: addresses of steps,
reminders, what keeps a year open, the handbook, handing over.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from budgets import audits, drafting, spending
from budgets.drafting.actions.brought import AFTER_CONFIRMING
from budgets.drafting.actions.confirmation import refuse_more_time as answered_already
from budgets.drafting.queries.pools import taken_in_force
from budgets.spending.actions import record_all_stopped, refuse_last_receipt
from budgets.spending.actions.projects import AFTER_CANCELLING
from evaluations import feedback, improvements, meetings, proposals, reports, reviews, training
from evaluations.feedback.queries import KINDS_OF
from evaluations.meetings.actions import take_up
from evaluations.reports.actions import AFTER_RAISING, no_longer_owed, start_projects_of_plan
from evaluations.reports.queries import newest_frozen
from evaluations.reviews.actions import follow_history, follow_projects
from evaluations.reviews.actions import refuse_more_time as evaluated_already
from evaluations.training.queries import untrained_for
from planning import cycles, extensions, forecasts, projects, requests
from planning.cycles.actions import AFTER_CLOSING, AFTER_MOVING, ASKED_BY, BEFORE_EXTENDING, BEFORE_OPENING, DUE_ROWS
from planning.cycles.workflow import KEEPS_OPEN, refuse_form_of_closed_year
from planning.extensions.actions import is_asking, refuse_done
from planning.forecasts.actions import follow_changed_history
from planning.forecasts.actions.decisions import AFTER_ACCEPTING
from planning.projects.actions import FROZEN_AT, RESTS_ON_HISTORY, RESTS_ON_PROJECTS, follow_year, year_is_over
from planning.requests.actions.lines import refuse_needs_outside
from planning.requests.actions.opening import open_late
from planning.requests.queries import TAKEN_BY_LINES
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import INSTEAD_OF_FORMS
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.actions import BEFORE_TAKING_BACK
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.owed import Owed, Owing
from sop_portal.foundation.workflow.table import Workflow


@dataclass(frozen=True)
class StageEntry:
    """One of the five stages: name in addresses, title, and its folders, that of its main record first."""

    slug: str
    title: StrOrPromise
    what: StrOrPromise
    folders: tuple[ModuleType, ...]

    @property
    def workflows(self) -> tuple[Workflow[Any], ...]:
        """The tables of its records, in the order of its folders."""
        return tuple(workflow for folder in self.folders for workflow in workflows_in(folder))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its records, those without steps among them."""
        own = tuple(f"{folder.__name__}." for folder in self.folders)
        return tuple(kind.kind for kind in KINDS.values() if kind.model.__module__.startswith(own))


@dataclass(frozen=True)
class NavigationPage:
    """A page of the navigation: its label, the name of its address, and the kinds of records that are found there.

    Where `can` is given only those who may see the entry. What is `only_published` opens, before its year is
    published, for nobody but those who set the year up.
    """

    label: StrOrPromise
    url_name: str
    kinds: tuple[str, ...] = ()
    can: Can | None = None
    only_published: bool = False


@dataclass(frozen=True)
class Section:
    """A section of the navigation: its label, its icon, and its pages."""

    label: StrOrPromise
    icon: str
    pages: tuple[NavigationPage, ...]


def part(folder: ModuleType, name: str) -> ModuleType | None:
    """The file of this name in a folder, where it has one."""
    path = f"{folder.__name__}.{name}"
    return import_module(path) if find_spec(path) else None


def workflows_in(folder: ModuleType) -> list[Workflow[Any]]:
    """The tables that stand in a folder's `workflow.py`, in their order there."""
    found = part(folder, "workflow")
    return [
        value
        for value in (vars(found).values() if found else ())
        if isinstance(value, Workflow) and value.model.__module__.startswith(f"{folder.__name__}.")
    ]


STAGES = (
    StageEntry(
        "forecast",
        _("Demand forecast"),
        _("Every department forecasts what each of its projects will need next year."),
        (forecasts, extensions),
    ),
    StageEntry(
        "request",
        _("Resource planning"),
        _("Departments ask for people, materials and money; the resource team allocates what there is."),
        (requests,),
    ),
    StageEntry(
        "budget",
        _("Budget"),
        _("Finance compiles the budget from the allocations; departments confirm it, management approves it."),
        (drafting, audits),
    ),
    StageEntry(
        "execution",
        _("Execution"),
        _("Projects run within the approved lines and report their progress every month."),
        (projects, spending, reports),
    ),
    StageEntry(
        "evaluation",
        _("Performance evaluation"),
        _("Departments look back, management decides what to improve, and the lessons reach the next forecast."),
        (reviews, improvements, feedback, proposals, meetings, training),
    ),
)

SECTIONS = (
    Section(
        _("Cycle"),
        "calendar3",
        (
            NavigationPage(_("Timeline"), "cycle", ("cycle", "extension-request"), only_published=True),
            NavigationPage(_("Demand report"), "demand-report-latest", ("demand-report",), only_published=True),
        ),
    ),
    Section(
        _("Plan"),
        "clipboard-data",
        (
            NavigationPage(_("Forecasts"), "forecasts", ("forecast",), only_published=True),
            NavigationPage(_("Requests"), "requests", ("request",)),
            NavigationPage(_("Allocation"), "allocation", can=Can.ALLOCATE),
            NavigationPage(_("Budget"), "budget-latest", ("budget", "confirmation")),
        ),
    ),
    Section(
        _("Run"),
        "play-circle",
        (
            NavigationPage(_("Projects"), "projects", ("project",)),
            NavigationPage(_("Approved lines"), "appropriations"),
            NavigationPage(_("Expenses"), "expenses"),
            NavigationPage(_("Exceptions"), "exceptions", ("exception",)),
            NavigationPage(_("Progress"), "progress", ("report", "count-correction")),
            NavigationPage(_("Issues"), "issues", ("issue",)),
            NavigationPage(_("Audits"), "audits", ("audit", "finding")),
            NavigationPage(_("Papers"), "papers"),
        ),
    ),
    Section(
        _("Learn"),
        "lightbulb",
        (
            NavigationPage(_("Evaluations"), "evaluations", ("evaluation",)),
            NavigationPage(_("Lessons"), "lessons"),
            NavigationPage(_("Improvements"), "improvements", ("measure",)),
            NavigationPage(_("Feedback"), "feedback", ("feedback",)),
            NavigationPage(_("Meetings"), "meetings", ("meeting",)),
            NavigationPage(_("Training"), "training", ("training",)),
            NavigationPage(_("Process review"), "process-review"),
            NavigationPage(_("Change proposals"), "proposals", ("proposal",)),
        ),
    ),
)

FOLDERS = (cycles, *(folder for stage in STAGES for folder in stage.folders))
YEAR_WORKFLOWS = tuple(workflows_in(cycles))
ALL_WORKFLOWS = tuple(workflow for folder in FOLDERS for workflow in workflows_in(folder))
WORKFLOWS = {workflow.kind: workflow for workflow in ALL_WORKFLOWS}
OWING = tuple(cast(Owing, file.owed) for folder in FOLDERS if (file := part(folder, "deadlines")))
# What waits for one person by name, a reply or a confirmation, and what comes with a day, where no state says so.
OWED_BY_NAME = tuple(
    cast(Callable[[User, datetime], Iterator[Owed]], vars(file)["owed_by_name"])
    for folder in FOLDERS
    if (file := part(folder, "deadlines")) and "owed_by_name" in vars(file)
)
# Reading the actions tells every table who carries out its steps, in whichever stage that is.
ACTIONS = tuple(file for folder in FOLDERS if (file := part(folder, "actions")))
# And its previews, what each of them decides.
PREVIEWS = tuple(file for folder in FOLDERS if (file := part(folder, "previews")))
# The one place where later stages are handed to an earlier one: what has to be finished before a year is closed, and
# what becomes of a forecast that is accepted after the report.
KEEPS_OPEN[:] = [workflow for stage in STAGES for workflow in stage.workflows]
AFTER_ACCEPTING[:] = [open_late]
AFTER_CLOSING[:] = [record_all_stopped, year_is_over]
# And what is said instead of a form of a year that takes nothing any more.
INSTEAD_OF_FORMS[:] = [refuse_form_of_closed_year]
# What the budget takes of the money pools that requests were granted from.
TAKEN_BY_LINES[:] = [taken_in_force]
# What a plan that was approved elsewhere begins with, once somebody has confirmed it.
AFTER_CONFIRMING[:] = [start_projects_of_plan]
# What lies within a year, and moves with it or keeps it where it is.
AFTER_MOVING[:] = [refuse_needs_outside, follow_year]
# And what whoever opens it for everybody is to know.
BEFORE_OPENING[:] = [untrained_for]
# Who asks for more time, or gets it, owes something that it helps with.
ASKED_BY[:] = [is_asking]
BEFORE_EXTENDING[:] = [refuse_done, answered_already, evaluated_already]
# The days of later stages that follow the table of days off.
DUE_ROWS[:] = [vars(file)["DUE"] for folder in FOLDERS if (file := part(folder, "deadlines")) and "DUE" in vars(file)]
# What becomes of an issue that is raised once a meeting is called.
AFTER_RAISING[:] = [take_up]
# What is no longer reported on a project that was cancelled.
AFTER_CANCELLING[:] = [no_longer_owed]
# And what a later stage keeps of the history, brought up to date whenever somebody changes it.
RESTS_ON_HISTORY[:] = [follow_changed_history, follow_history]
# And what it shows of what projects counted, hold and spent.
RESTS_ON_PROJECTS[:] = [follow_projects]
# And what its reports froze, which nothing that comes after them is part of.
FROZEN_AT[:] = [newest_frozen]
# Who acted in a stage is asked how hard it was: whoever did something on its records.
KINDS_OF.update({stage.slug: frozenset(stage.kinds) for stage in STAGES})
# Which papers stay, because a rule of their stage asks for one.
BEFORE_TAKING_BACK[:] = [refuse_last_receipt]


def everything_owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """What all stages say is owed at a moment, or begins within so many days."""
    for owed in OWING:
        yield from owed(at, ahead=ahead, departments=departments)
