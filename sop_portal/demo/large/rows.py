"""How the large year is put into the tables: in batches, with the keys handed back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.db import models

from planning.models import Cycle, Project
from sop_portal.foundation.organisation.models import Department, User

AT_ONCE = 2_000
RowT = TypeVar("RowT", bound=models.Model)


@dataclass
class Load:
    """The large year while it is loaded."""

    cycle: Cycle
    people: dict[str, User]
    departments: list[Department]
    heads: list[User]
    at: datetime
    today: date
    projects: list[Project] = field(default_factory=list)


def rows(model: type[RowT], made: Iterable[RowT]) -> list[RowT]:
    """Insert rows in batches, and hand them back with their keys."""
    inserted: list[RowT] = []
    for batch in batches(made):
        inserted += model._default_manager.bulk_create(batch)
    return inserted


def batches(made: Iterable[RowT]) -> Iterator[list[RowT]]:
    """Rows in bunches the database takes at once."""
    source = iter(made)
    while batch := list(islice(source, AT_ONCE)):
        yield batch
