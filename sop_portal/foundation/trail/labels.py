"""What the records of trail entries are called and where they stand: read from the records, never kept in the trail."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.kinds import KINDS

NAMED_BY = (
    "cycle",
    "department",
    "project",
    "budget__cycle",
    "audit__cycle",
    "audit__department",
    "audit__project",
    "appropriation__project",
    "appropriation__cycle",
)

Called = dict[tuple[str, int], tuple[str, str]]


class OfRecord(Protocol):
    """What names the record it is about: an entry of the trail, a paper."""

    kind: str
    record_id: int


def records_called(entries: Iterable[OfRecord], actor: Actor) -> Called:
    """Name and address of each record this person may see, a query for every kind on the page."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        wanted[entry.kind].add(entry.record_id)
    found: Called = {}
    for kind, pks in wanted.items():
        if kind in KINDS:
            model = KINDS[kind].model
            rows = model.objects.visible_to(actor).select_related(*paths_of(model))
            found |= {(kind, row.pk): (str(row), row.get_absolute_url()) for row in rows.filter(pk__in=pks)}
    return found


def paths_of(model: type[Model]) -> Sequence[str]:
    """The relations a record's name and address are made of."""
    return [path for path in NAMED_BY if has(model, path.split("__"))]


def has(model: type[Model], path: Sequence[str]) -> bool:
    """Whether a path of relations exists."""
    for name in path:
        try:
            related = model._meta.get_field(name).related_model
        except FieldDoesNotExist:
            return False
        if not isinstance(related, type):
            return False
        model = related
    return True
