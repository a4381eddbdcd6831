"""The steps of a project: what begins, pauses and ends it. Several stages carry them out; stages.py reads them all."""

from evaluations.reports.queries import find_project
from planning.projects.workflow import PROJECT
from sop_portal.foundation.workflow.views import step_view

project_step = step_view(PROJECT, find_project)
