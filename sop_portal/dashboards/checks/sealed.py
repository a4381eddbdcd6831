"""Whether what was finished still stands as it was finished."""

from collections.abc import Iterator
from itertools import islice

from budgets.spending.workflow import EXPENSE
from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.seals import broken_rows, broken_seals, seal_loaded, seal_loaded_rows
from sop_portal.stages import ALL_WORKFLOWS


def changed_since_finished(shown: int) -> Iterator[tuple[Record, str]]:
    """Finished records of every kind in which something else stands by now, at most so many of a kind."""
    for workflow in ALL_WORKFLOWS:
        yield from islice(broken_seals(workflow), shown)


def changed_for_ever(shown: int) -> Iterator[str]:
    """Rows that are never edited, and were: changed, added or taken out by no act."""
    for key, sentence in islice(broken_rows(EXPENSE), shown):
        yield f"Expense {key}: {sentence}"


def seal_what_is_not() -> int:
    """Seal every finished record and every expense that no seal stands for; how many those were."""
    return sum(seal_loaded(workflow) for workflow in ALL_WORKFLOWS) + seal_loaded_rows(EXPENSE)
