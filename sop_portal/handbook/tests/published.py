"""A new version of the handbook as it comes about: Ada writes it, Emil puts it in force."""

from datetime import datetime
from types import SimpleNamespace

from sop_portal.handbook.actions import Texts, publish_edition, write_edition
from sop_portal.handbook.models import Edition


def published(texts: Texts, *, note: str, cast: SimpleNamespace, at: datetime, seen: int = 1) -> Edition:
    """Written by one, put in force by another."""
    written = write_edition(texts, note=note, by=cast.ada, at=at, seen=seen)
    return publish_edition(written, by=cast.emil, at=at, seen=written.written_at)
