"""What people do with projects between start and end, and with the history of earlier years."""

from planning.projects.actions.history import (
    RESTS_ON_HISTORY,
    correct_figures,
    history_changed,
    history_locked,
    record_year,
    take_back_correction,
)
from planning.projects.actions.imports import import_history, undo_import
from planning.projects.actions.project import cancel, change_project, hold, rename_project, resume

__all__ = [
    "RESTS_ON_HISTORY",
    "cancel",
    "change_project",
    "correct_figures",
    "history_changed",
    "history_locked",
    "hold",
    "import_history",
    "record_year",
    "rename_project",
    "resume",
    "take_back_correction",
    "undo_import",
]
