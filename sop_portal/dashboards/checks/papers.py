"""Whether papers and their files belong together."""

from collections.abc import Iterator

from sop_portal.foundation.kit import clock
from sop_portal.foundation.papers.state import wrong_with_papers


def papers() -> Iterator[str]:
    """Rows and files of papers that do not belong together."""
    yield from wrong_with_papers(clock.now())
