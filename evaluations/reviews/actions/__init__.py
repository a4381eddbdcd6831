"""What people do with an evaluation, from the end of a project to its lessons, and what it follows while it is open."""

from evaluations.reviews.actions.evaluation import (
    EvaluationAnswers,
    GoalFigures,
    add_goal,
    complete,
    publish,
    record_actual,
    record_results,
    refuse_more_time,
    remove_goal,
    remove_lesson,
    review,
    send_back,
    submit,
    write,
    write_lesson,
)
from evaluations.reviews.actions.figures import follow_history, follow_projects

__all__ = [
    "EvaluationAnswers",
    "GoalFigures",
    "add_goal",
    "complete",
    "follow_history",
    "follow_projects",
    "publish",
    "record_actual",
    "record_results",
    "refuse_more_time",
    "remove_goal",
    "remove_lesson",
    "review",
    "send_back",
    "submit",
    "write",
    "write_lesson",
]
