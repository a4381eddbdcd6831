"""Several people who act in the same moment, each with a database connection of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from sop_portal.foundation.kit.refusals import Refusal


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of these acts answered, or which refusal it met, all begun in the same moment."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            together.wait(60)
            return act()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as executor:
        return list(executor.map(run, acts))
