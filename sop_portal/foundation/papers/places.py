"""Where papers can be: on every record of a kind, or on one part of it (a line, a contested amount, an override)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady

# By kind of record: what its parts are called, by the key under which a paper names them. Its stage fills it.
PARTS: dict[str, Callable[[Any], Mapping[str, str]]] = {}
# By kind of record: its lines, each of a project. Its stage fills it.
LINES: dict[str, Callable[[Any], QuerySet[Any]]] = {}
# A year is many records; its page shows no papers of its own.
WITHOUT_PAPERS = frozenset({"cycle"})
PART = re.compile(r"line-(\d+)(-[a-z]+)?")


def part_of(row: Model, what: str = "") -> str:
    """The key of one part of a record: of a line, by its number in the database, and of something on this line."""
    return f"line-{row.pk}-{what}" if what else f"line-{row.pk}"


def is_part_of(part: str, whole: str) -> bool:
    """Whether a part is another one, or something on it."""
    return part == whole or part.startswith(f"{whole}-")


def parts_of(kind: str, record: Model) -> Mapping[str, str]:
    """The parts of a record that papers can be about, by their keys."""
    return PARTS[kind](record) if kind in PARTS else {}


def refuse_unknown_part(kind: str, record: Model, part: str) -> None:
    """Refuse a part that the record does not have."""
    if part and part not in parts_of(kind, record):
        raise NotReady(_("This line is not there any more."), [], _("Open the page again: it shows what there is now."))


def project_of(kind: str, record: Model, part: str = "") -> int | None:
    """The project a record belongs to, where it belongs to one; else that of the line which a paper is about."""
    if kind == "project":
        return int(record.pk)
    if (line := PART.fullmatch(part)) and kind in LINES:
        found: int | None = LINES[kind](record).filter(pk=line[1]).values_list("project_id", flat=True).first()
        return found
    for name in ("project_id", "appropriation", "audit"):
        found = getattr(record, name, None)
        if isinstance(found, int):
            return found
        if found is not None:
            return getattr(found, "project_id", None)
    return None
