"""Who sees which rows: not visible means not there."""

from typing import Self, TypeVar

from django.db import models

from sop_portal.foundation.organisation.actor import Actor

RecordT = TypeVar("RecordT", bound=models.Model)


class Scoped(models.QuerySet[RecordT]):
    """Rows that belong to a department; a person sees those of their departments, or all."""

    department_path = "department_id"

    def visible_to(self, actor: Actor) -> Self:
        """Everything for a role of the whole organisation, else the rows of the person's departments."""
        if actor.sees_everything:
            return self
        return self.filter(**{f"{self.department_path}__in": actor.department_ids})


class Shared(models.QuerySet[RecordT]):
    """Rows of the whole organisation: visible to everybody who holds any role."""

    def visible_to(self, actor: Actor) -> Self:
        """All rows for anybody with a role, none for an outsider."""
        return self if actor.grants else self.none()
