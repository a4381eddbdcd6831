"""In which order things became known of a project: that of its lock, whenever the requests for them began."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

# The newest moment up to which a report of these projects holds what is known. stages.py, which knows every stage,
# fills it.
FROZEN_AT: list[Callable[[Collection[int]], datetime | None]] = []


def after_reports(projects: Collection[int], at: datetime) -> datetime:
    """The moment for what becomes known of locked projects: after every report that was frozen without it."""
    frozen = [newest for newest_of in FROZEN_AT if (newest := newest_of(projects)) is not None]
    return max([at, *(newest + timedelta(microseconds=1) for newest in frozen)])
