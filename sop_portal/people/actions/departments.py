"""Adding and changing departments."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import require_administrator


@transaction.atomic
def add_department(*, name: str, by: User, at: datetime, slug: str = "") -> Department:
    """Add a department; its short name in addresses is made from the name."""
    require_administrator(by, at)
    department = Department.objects.create(name=name, slug=slug or free_slug(name))
    note("department", department, "add-department", by=by, at=at)
    return department


@transaction.atomic
def change_department(department: Department, *, by: User, at: datetime, **values: str | bool) -> Department:
    """Rename a department or let it no longer take part; its records stay."""
    require_administrator(by, at)
    return change_row("department", department, "change-department", values, by=by, at=at)


def free_slug(name: str) -> str:
    """A short name for addresses that no department has yet."""
    base = slugify(name)[:50] or "department"
    taken = set(Department.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
