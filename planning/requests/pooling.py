"""Keeping the pools: what there is in a year, and taking from it without ever taking too much."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.requests.models import Pool, ResourceKind
from planning.requests.wording import quantity_text
from sop_portal.foundation.kit.refusals import Changed, Difference, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.actions import record as leave_trail
from sop_portal.foundation.workflow.checks import who_instead

KIND = "pool"
PLACES = 2


def keep_pool(cycle: Cycle, *, name: str, kind: str, unit: str, capacity: Decimal, by: User, at: datetime) -> Pool:
    """Write down something there is a limited amount of in a year."""
    _may_keep(cycle, by, at)
    if kind not in ResourceKind.values or not name.strip() or not unit.strip() or capacity < 0:
        raise NotReady(_("A pool has a name, a kind, a unit and a capacity of zero or more."))
    try:
        with transaction.atomic():
            pool = Pool.objects.create(cycle=cycle, name=name, kind=kind, unit=unit, capacity=capacity)
            changes = [Change("capacity", "", f"{capacity} {unit}", name)]
            leave_trail(KIND, pool, "create", by=by.pk, at=at, changes=changes)
    except IntegrityError:
        raise NotReady(_("There is a pool called “%(name)s” already.") % {"name": name}) from None
    return pool


def change_pool(
    pool: Pool, *, capacity: Decimal, by: User, at: datetime, seen: int, name: str | None = None,
    unit: str | None = None,
) -> Pool:  # fmt: skip
    """Give a pool another capacity, name or unit; what was granted from it stays granted."""
    _may_keep(pool.cycle, by, at)
    try:
        with transaction.atomic():
            locked = Pool.objects.select_for_update().get(pk=pool.pk)
            _refuse_a_change(locked, unit or locked.unit, capacity, seen)
            wanted = {"name": name or locked.name, "unit": unit or locked.unit, "capacity": capacity}
            old = {field: getattr(locked, field) for field in wanted}
            changes = [
                Change(field, str(old[field]), str(value), locked.name)
                for field, value in wanted.items()
                if old[field] != value
            ]
            if changes:
                locked.version += 1
                for field, value in wanted.items():
                    setattr(locked, field, value)
                # The committed figure is not written: a grant may change it in the same moment.
                locked.save(update_fields=[*wanted, "version"])
                leave_trail(KIND, locked, "edit", by=by.pk, at=at, changes=changes)
    except IntegrityError:
        raise NotReady(_("There is a pool called “%(name)s” already.") % {"name": name}) from None
    return locked


def take(pool_id: int, amount: Decimal, *, asked: Decimal, had: Decimal) -> None:
    """Commit an amount of a pool (or give one back) in a single condition; refused where it does not hold that much."""
    if not amount:
        return
    # Rounded because SQLite adds decimals as binary fractions; PostgreSQL adds them exactly.
    left = Pool.objects.filter(pk=pool_id).annotate(after=Round(F("capacity") - F("committed") - amount, PLACES))
    if not left.filter(after__gte=0).update(committed=Round(F("committed") + amount, PLACES)):
        raise _full(Pool.objects.get(pk=pool_id), asked, had)


def _full(pool: Pool, asked: Decimal, had: Decimal) -> NotReady:
    left = pool.free + had
    words = {"pool": pool.name, "unit": pool.unit, "asked": quantity_text(asked), "left": quantity_text(left)}
    if left <= 0:
        return NotReady(_("%(pool)s is full: nothing is left of it.") % words, [], _("Defer or refuse the line."))
    return NotReady(
        _("%(pool)s is full: %(left)s of your %(asked)s %(unit)s are left.") % words,
        [],
        _("Take %(left)s, or defer the rest.") % words,
    )


def _may_keep(cycle: Cycle, by: User, at: datetime) -> None:
    if not Actor.of(by, at).may(Can.KEEP_POOLS):
        raise NotYours(*who_instead(Can.KEEP_POOLS, None, at))
    if cycle.state == Cycle.State.CLOSED:
        raise NotNow(_("The year is closed."), _("Its pools stay as they are."))


def _refuse_a_change(pool: Pool, unit: str, capacity: Decimal, seen: int) -> None:
    if pool.version != seen:
        now = Difference(_("capacity"), "", f"{quantity_text(pool.capacity)} {pool.unit}")
        raise Changed(_("This pool changed since you opened it, so nothing was saved."), [now], _("Look at it again."))
    if capacity < pool.committed:
        words = {"pool": pool.name, "unit": pool.unit, "committed": quantity_text(pool.committed)}
        raise NotReady(
            _("%(committed)s %(unit)s of %(pool)s are granted already, so its capacity cannot go below that.") % words,
            [],
            _("Take grants back first, or keep at least %(committed)s %(unit)s.") % words,
        )
    if unit != pool.unit and pool.lines.exists():
        sentence = _("Lines ask for %(pool)s in %(unit)s already, so its unit stays.")
        raise NotReady(
            sentence % {"pool": pool.name, "unit": pool.unit}, [], _("Keep a second pool in the other unit.")
        )
