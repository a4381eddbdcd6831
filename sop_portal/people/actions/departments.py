"""Adding and changing departments."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from planning.projects.actions import history_changed, history_locked
from sop_portal.foundation.kit.fitting import refuse_clashing, refuse_unfit
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.lineage import called_before, lineage
from sop_portal.foundation.organisation.models import Department, DepartmentName, Membership, User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.conflicts import Shown, beside_theirs
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row, lock_row
from sop_portal.people.actions.rights import require_administrator


@transaction.atomic
def add_department(*, name: str, by: User, at: datetime, slug: str = "", division: str = "") -> Department:
    """Add a department, in a division where it belongs to one; its short name in addresses is made from the name."""
    require_administrator(by, at)
    department = Department(name=name, slug=slug or free_slug(name), division=division_called(division))
    refuse_unfit(department, ("name", "slug", "division"))
    if sentence := why_not_called(name):
        raise NotReady(sentence, [], _name_elsewhere())
    refuse_clashing(department)
    department.save()
    note("department", department, "add-department", by=by, at=at)
    return department


class DepartmentTerms(TypedDict, total=False):
    """What is changed of a department; what is not named stays."""

    name: str
    is_active: bool
    division: str


@transaction.atomic
def change_department(
    department: Department, *, by: User, at: datetime, seen: Shown | None = None, **said: Unpack[DepartmentTerms]
) -> Department:
    """Rename a department, put it into a division, or let it no longer take part.

    Its records, its address and its former names stay, and so does what somebody else changed since it was `seen`.
    """
    require_administrator(by, at)
    lock_row(department)
    if "division" in said:
        said["division"] = division_called(said["division"])
    there = {name: getattr(department, name) for name in DepartmentTerms.__annotations__}
    values = there | beside_theirs("department", department, said, seen)
    before, after, belongs_to = department.name, values["name"], values["division"]
    refuse_unfit(Department(name=after, division=belongs_to), ["name", "division"])
    if sentence := why_not_called(after, department):
        raise NotReady(sentence, [], _name_elsewhere())
    if values["is_active"] and department.merged_into_id:
        sentence = _("A department that became part of another no longer takes part.")
        raise NotReady(sentence, [], _("Add a new department if the work begins again."))
    if belongs_to != department.division:
        _refuse_empty_division(department, at)
    if before.casefold() != after.casefold():
        _remember_name(department, before, after, at)
    return change_row("department", department, "change-department", values, by=by, at=at)


def _refuse_empty_division(department: Department, at: datetime) -> None:
    """A division keeps a department for as long as somebody is its programme manager."""
    if Department.objects.filter(division=department.division).exclude(pk=department.pk).exists():
        return
    held = Membership.objects.on_or_after(localdate(at)).exclude(division="").filter(division=department.division)
    if keeper := held.select_related("person").order_by("pk").first():
        words = {"department": department, "division": keeper.place, "person": keeper.person}
        sentence = _("%(department)s is the last department of %(division)s, whose programme manager is %(person)s.")
        raise NotReady(interpolate(sentence, words), [], _("End that role first, or put another department into it."))


@transaction.atomic
def add_former_name(department: Department, name: str, *, by: User, at: datetime) -> None:
    """Write down a name that a department had before it came into the portal: what comes in under it is its own."""
    require_administrator(by, at)
    lock_row(department)
    refuse_unfit(Department(name=name), ["name"])
    if sentence := why_not_called(name, department):
        raise NotReady(sentence, [], _name_elsewhere())
    DepartmentName.objects.create(department=department, name=name, until=at)
    note("department", department, "change-department", by=by, at=at, changes=[Change("former_name", "", name)])


@transaction.atomic
def forget_former_name(department: Department, name: str, *, by: User, at: datetime) -> None:
    """Take a former name out that was written down by mistake."""
    require_administrator(by, at)
    known = {row.name: row for row in DepartmentName.objects.filter(department=department)}
    if name not in known:
        sentence = interpolate(_("%(department)s was never called so."), {"department": department})
        raise NotReady(sentence, way_out=_("Leave its names as they are."))
    known[name].delete()
    note("department", department, "change-department", by=by, at=at, changes=[Change("former_name", name, "")])


@transaction.atomic
def record_merger(department: Department, into: Department, *, by: User, at: datetime) -> None:
    """Write down that a department became part of another before it came into the portal: roles stay as they came."""
    require_administrator(by, at)
    with history_locked():
        list(Department.objects.select_for_update().filter(pk__in=[department.pk, into.pk]).order_by("pk"))
    department.refresh_from_db()
    earlier = lineage().ancestors_of(department.pk)
    if into.pk in {department.pk, *earlier} or department.merged_into_id:
        sentence = _("A department becomes part of another one once, and never of what became part of it.")
        raise NotReady(sentence, [], _("Name another department, or none."))
    department.merged_into, department.merged_at, department.is_active = into, at, False
    department.save()
    changes = [Change("merged_into", "", str(into.pk))]
    note("department", department, "merge-department", by=by, at=at, changes=changes)
    history_changed({into.pk, department.pk, *earlier}, by=by, at=at, because=str(department))


@transaction.atomic
def forget_merger(department: Department, *, by: User, at: datetime) -> None:
    """Take back that a department was written down as part of another; it takes part again."""
    require_administrator(by, at)
    with history_locked():
        lock_row(department)
    department.refresh_from_db()
    into, earlier = department.merged_into_id, lineage().ancestors_of(department.pk)
    department.merged_into, department.merged_at, department.is_active = None, None, True
    department.save()
    changes = [Change("merged_into", str(into or ""), "")]
    note("department", department, "change-department", by=by, at=at, changes=changes)
    history_changed({into or 0, department.pk, *earlier}, by=by, at=at, because=str(department))


def division_called(name: str) -> str:
    """A division as other departments call it, whatever its capitals, blanks and the width of its letters."""
    name = name.strip()
    known = Department.objects.exclude(division="").order_by("pk").values_list("division", flat=True)
    return next((there for there in known if same_name(there) == same_name(name)), name)


def _name_elsewhere() -> str:
    return _("If it is the same one, change it on its own page: its former names and figures stay with it.")


def _remember_name(department: Department, before: str, after: str, at: datetime) -> None:
    """What comes in under the name it had is still the department's; the name it gets is no former one."""
    own = DepartmentName.objects.filter(department=department)
    same = {after.casefold(), before.casefold()}
    own.filter(pk__in=[row.pk for row in own if row.name.casefold() in same]).delete()
    DepartmentName.objects.create(department=department, name=before, until=at)


def why_not_called(name: str, department: Department | None = None) -> str:
    """Why a department cannot be called so: another one is, or its figures still come in under this name."""
    if twin := _alike(name, department):
        sentence = _("A department is called “%(name)s” already. Choose another name.")
        return interpolate(sentence, {"name": typed(twin.name)})
    former = called_before(name, other_than=department)
    if former is None:
        return ""
    return interpolate(
        _("“%(name)s” is what %(department)s was called until %(day)s. Choose another name."),
        {
            "name": typed(former.name),
            "department": former.department,
            "day": day_of_year(former.until_on),
        },
    )


def _alike(name: str, department: Department | None) -> Department | None:
    """Another department of this name, whatever its capitals, blanks and the width of its letters."""
    others = Department.objects.exclude(pk=department.pk if department else 0).order_by("pk")
    return next((other for other in others if same_name(other.name) == same_name(name)), None)


def free_slug(name: str) -> str:
    """A short name for addresses that no department has yet."""
    base = slugify(name)[:50] or "department"
    taken = set(Department.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
