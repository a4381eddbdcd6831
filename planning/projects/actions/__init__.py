"""What people do with projects between start and end, and with the history of earlier years."""

from planning.projects.actions.history import (
    RESTS_ON_HISTORY,
    FigureChange,
    correct_figures,
    correct_recorded,
    history_changed,
    history_locked,
    is_recorded,
    record_year,
    take_back_correction,
    year_is_over,
)
from planning.projects.actions.imports import import_history, undo_import
from planning.projects.actions.order import FROZEN_AT, after_reports
from planning.projects.actions.project import (
    RESTS_ON_PROJECTS,
    change_project,
    follow_year,
    projects_changed,
    rename_project,
)

__all__ = [
    "FROZEN_AT",
    "RESTS_ON_HISTORY",
    "RESTS_ON_PROJECTS",
    "FigureChange",
    "after_reports",
    "change_project",
    "correct_figures",
    "correct_recorded",
    "follow_year",
    "history_changed",
    "history_locked",
    "import_history",
    "is_recorded",
    "projects_changed",
    "record_year",
    "rename_project",
    "take_back_correction",
    "undo_import",
    "year_is_over",
]
