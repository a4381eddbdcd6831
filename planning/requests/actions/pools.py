"""The pools: what there is in a year, and taking from it without ever taking too much."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.requests.models import Pool, ResourceKind, quantity_text
from sop_portal.foundation.kit.refusals import Changed, Difference, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.years import hold_open_year

KIND = "pool"
PLACES = 2


@dataclass(frozen=True)
class PoolTerms:
    """What a pool is called, in which unit it is counted, and how much of it there is in the year."""

    name: str
    unit: str
    capacity: Decimal


def add_pool(cycle: Cycle, kind: str, terms: PoolTerms, *, by: User, at: datetime) -> Pool:
    """Add something there is a limited amount of in a year."""
    _refuse_outsiders(by, at)
    if kind not in ResourceKind.values or not terms.name.strip() or not terms.unit.strip() or terms.capacity < 0:
        raise NotReady(_("A pool has a name, a kind, a unit and a capacity of zero or more."))
    with _each_name_once(terms.name):
        hold_open_year(KIND, cycle, "create")
        pool = Pool.objects.create(cycle=cycle, name=terms.name, kind=kind, unit=terms.unit, capacity=terms.capacity)
        changes = [Change("capacity", "", f"{terms.capacity} {terms.unit}", terms.name)]
        note(KIND, pool, "create", by=by, at=at, changes=changes)
    return pool


def change_pool(pool: Pool, terms: PoolTerms, *, by: User, at: datetime, seen: int) -> Pool:
    """Give a pool another capacity, name or unit; what was granted from it stays granted."""
    _refuse_outsiders(by, at)
    with _each_name_once(terms.name):
        hold_open_year(KIND, pool, "edit")
        locked = Pool.objects.select_for_update().get(pk=pool.pk)
        _refuse_a_change(locked, terms, seen)
        changes = [
            Change(name, str(getattr(locked, name)), str(value), locked.name)
            for name, value in vars(terms).items()
            if getattr(locked, name) != value
        ]
        if changes:
            locked.version += 1
            locked.name, locked.unit, locked.capacity = terms.name, terms.unit, terms.capacity
            # The committed figure is not written: a grant may change it in the same moment.
            locked.save(update_fields=["name", "unit", "capacity", "version"])
            note(KIND, locked, "edit", by=by, at=at, changes=changes)
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


def _refuse_outsiders(by: User, at: datetime) -> None:
    """The pools are the resource team's."""
    if not Actor.of(by, at).may(Can.KEEP_POOLS):
        raise NotYours(*who_instead(Can.KEEP_POOLS, None, at))


@contextmanager
def _each_name_once(name: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise NotReady(_("There is a pool called “%(name)s” already.") % {"name": name}) from None


def _refuse_a_change(pool: Pool, terms: PoolTerms, seen: int) -> None:
    if pool.version != seen:
        now = Difference(_("capacity"), "", f"{quantity_text(pool.capacity)} {pool.unit}")
        raise Changed(_("This pool changed since you opened it, so nothing was saved."), [now], _("Look at it again."))
    if terms.capacity < pool.committed:
        words = {"pool": pool.name, "unit": pool.unit, "committed": quantity_text(pool.committed)}
        raise NotReady(
            _("%(committed)s %(unit)s of %(pool)s are granted already, so its capacity cannot go below that.") % words,
            [],
            _("Take grants back first, or keep at least %(committed)s %(unit)s.") % words,
        )
    if terms.unit != pool.unit and pool.lines.exists():
        sentence = _("Lines ask for %(pool)s in %(unit)s already, so its unit stays.")
        raise NotReady(
            sentence % {"pool": pool.name, "unit": pool.unit}, [], _("Keep a second pool in the other unit.")
        )
