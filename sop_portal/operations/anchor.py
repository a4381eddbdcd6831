"""The end of the trail, kept outside of the database: a file that grows by a line."""

from datetime import UTC, datetime
from pathlib import Path

from sop_portal.foundation.trail.models import Entry


class UnwritableAnchor(Exception):
    """Says why the file of the trail's end cannot be written."""


def last_anchor(path: Path) -> str:
    """The end noted last, or nothing where none was yet."""
    if not path.exists():
        return ""
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    return lines[-1].split()[1] if lines else ""


def write_anchor(path: Path, end: str, at: datetime, remark: str = "") -> None:
    """Add the end as it is now, unless it is the last one noted."""
    if not end or (end == last_anchor(path) and not remark):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        stream.write(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {end} {remark}".rstrip() + "\n")


def missing_from_trail(noted: str) -> list[str]:
    """What is wrong where the trail no longer holds an end that was noted: somebody brought an older one back."""
    position, _colon, its_hash = noted.partition(":")
    if not noted or int(position) == 0:
        return []
    found = Entry.objects.filter(position=int(position)).values_list("hash", flat=True).first()
    if found is None:
        return [f"The trail was noted to reach {position}, but it ends before: an older one was brought back."]
    return [] if found == its_hash else [f"Entry {position} is not the one that was noted."]


def refuse_unwritable(path: Path) -> None:
    """Refuse a file that cannot be written, before anything is done that ought to be noted there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as problem:
        raise UnwritableAnchor(
            f"TRAIL_ANCHOR_FILE, {path}, cannot be written: {problem.strerror}. Make its folder and give it to whoever "
            "runs this."
        ) from problem
