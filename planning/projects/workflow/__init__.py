"""What may happen to a project, and what stands in the way of past figures."""

from planning.projects.workflow.correcting import (
    missing_to_correct,
    missing_to_undo,
    not_past,
    not_taken_back,
)
from planning.projects.workflow.history import (
    HINDSIGHT,
    HISTORY,
    PAST_FIGURE,
    PROJECT_NAME,
    HistoryProblem,
    Wording,
    in_words,
    missing_to_import,
    names_to_look_at,
    years_to_look_at,
)
from planning.projects.workflow.project import (
    PROJECT,
    missing_to_activate,
    refuse_stranger,
    refuse_unplanned,
)
from planning.projects.workflow.record import Held, contradictions, held

__all__ = [
    "HINDSIGHT",
    "HISTORY",
    "PAST_FIGURE",
    "PROJECT",
    "PROJECT_NAME",
    "Held",
    "HistoryProblem",
    "Wording",
    "contradictions",
    "held",
    "in_words",
    "missing_to_activate",
    "missing_to_correct",
    "missing_to_import",
    "missing_to_undo",
    "names_to_look_at",
    "not_past",
    "not_taken_back",
    "refuse_stranger",
    "refuse_unplanned",
    "years_to_look_at",
]
