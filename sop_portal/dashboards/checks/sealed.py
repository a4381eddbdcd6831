"""Whether what acts have written still stands as they left it."""

from collections.abc import Iterator
from itertools import islice

from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.seals import KEPT_ROWS, broken_rows, broken_seals, seal_loaded, seal_loaded_rows
from sop_portal.stages import ALL_WORKFLOWS


def changed_records(shown: int) -> Iterator[tuple[Record, str]]:
    """Records of every kind in which something else stands by now, at most so many of a kind."""
    for workflow in ALL_WORKFLOWS:
        yield from islice(broken_seals(workflow), shown)


def changed_rows(shown: int) -> Iterator[str]:
    """Rows without steps that were changed, added or taken out by no act, at most so many of a kind."""
    for kind in KEPT_ROWS:
        for key, sentence in islice(broken_rows(kind), shown):
            yield f"{kind.capitalize()} {key}: {sentence}"


def seal_what_is_not() -> int:
    """Seal every finished record and every row without steps that no seal stands for; how many those were."""
    return sum(map(seal_loaded, ALL_WORKFLOWS)) + sum(map(seal_loaded_rows, KEPT_ROWS))
