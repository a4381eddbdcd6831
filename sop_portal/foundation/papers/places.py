"""Where papers can be: on every record of a kind, or on one part of it (a line, a contested amount, an override)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady

# By kind of record: what its parts are called, by the key under which a paper names them. Its stage fills it.
PARTS: dict[str, Callable[[Any], Mapping[str, str]]] = {}


def part_of(row: Model) -> str:
    """The key of one part of a record: of a line, by its number in the database."""
    return f"line-{row.pk}"


def parts_of(kind: str, record: Model) -> Mapping[str, str]:
    """The parts of a record that papers can be about, by their keys."""
    return PARTS[kind](record) if kind in PARTS else {}


def refuse_unknown_part(kind: str, record: Model, part: str) -> None:
    """Refuse a part that the record does not have."""
    if part and part not in parts_of(kind, record):
        raise NotReady(_("This line is not there any more."), [], _("Open the page again: it shows what there is now."))


def project_of(kind: str, record: Model) -> int | None:
    """The project a record belongs to, where it belongs to one."""
    if kind == "project":
        return int(record.pk)
    for name in ("project_id", "appropriation", "audit"):
        found = getattr(record, name, None)
        if isinstance(found, int):
            return found
        if found is not None:
            return getattr(found, "project_id", None)
    return None
