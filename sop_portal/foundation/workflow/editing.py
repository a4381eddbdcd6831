"""An edit under way: what a person changes on a record, noted field by field for the trail."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db.models import Model

from sop_portal.foundation.kit.fitting import give
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.trail.actions import Change

R = TypeVar("R", bound=Model)


@dataclass
class Editing(Generic[R]):
    """An edit under way: the locked record, the role in which somebody edits it, and what has changed so far."""

    record: R
    grant: Grant
    changes: list[Change] = field(default_factory=list)

    def change(self, name: str, old: object, new: object, where: str = "") -> bool:
        """Note a changed field; equal values are no change."""
        if old == new:
            return False
        self.changes.append(Change(name, _text(old), _text(new), where))
        return True

    def set(self, on: Model, where: str = "", **values: object) -> bool:
        """Give fields of the record (or of one of its lines) new values and note what changed."""
        changed = [name for name, value in values.items() if self.change(name, getattr(on, name), value, where)]
        give(on, **{name: values[name] for name in changed})
        return bool(changed)


def _text(value: object) -> str:
    return "" if value is None else str(value)
