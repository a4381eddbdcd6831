"""The steps of a project: what begins, pauses and ends it."""

from evaluations.reports import actions as reports
from evaluations.reports.queries import find_project
from evaluations.reviews import actions
from planning.projects import actions as projects
from planning.projects.workflow import PROJECT
from sop_portal.foundation.workflow.views import step_view

PROJECT_STEPS = {
    "activate": reports.activate,
    "hold": projects.hold,
    "resume": projects.resume,
    "complete": actions.complete,
    "cancel": projects.cancel,
}
project_step = step_view(PROJECT, PROJECT_STEPS, find_project)
