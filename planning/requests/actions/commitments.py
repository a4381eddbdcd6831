"""Committing what is granted: of the pool itself, and of the money pool that pays for it, never more than there is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.requests.figures import affordable
from planning.requests.models import Pool, RequestLine, ResourceKind, quantity_text
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import Sentence, interpolate

PLACES = 2
NOTHING = Decimal(0)


class PoolIsFull(Exception):
    """A pool does not hold what is to be committed of it."""

    def __init__(self, pool_id: int) -> None:
        super().__init__(pool_id)
        self.pool_id = pool_id


def commit_grant(line: RequestLine, quantity: Decimal, cost: Decimal) -> None:
    """Commit a grant on a locked line in place of the one it has; refused where a pool does not hold that much."""
    before = line.pool.taken_by(line.granted, line.granted_cost)
    after = line.pool.taken_by(quantity, cost)
    try:
        with transaction.atomic():
            _commit({pool_id: amount - before[pool_id] for pool_id, amount in after.items()})
    except PoolIsFull as full:
        raise _refusal(line, full.pool_id) from None


def give_back(lines: Iterable[RequestLine]) -> None:
    """Free everything these locked lines were granted, in every pool it was committed of."""
    freed: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        for pool_id, amount in line.pool.taken_by(line.granted, line.granted_cost).items():
            freed[pool_id] -= amount
    _commit(freed)


def _commit(amounts: Mapping[int, Decimal]) -> None:
    """Commit amounts of several pools (or free them), each in a single condition; PoolIsFull where one lacks it.

    Pools are always taken in the order of their keys, so that no two grants wait for each other.
    """
    for pool_id in sorted(amounts):
        amount = amounts[pool_id]
        # Rounded because SQLite adds decimals as binary fractions; PostgreSQL adds them exactly.
        left = Pool.objects.filter(pk=pool_id).annotate(after=Round(F("capacity") - F("committed") - amount, PLACES))
        if amount and not left.filter(after__gte=0).update(committed=Round(F("committed") + amount, PLACES)):
            raise PoolIsFull(pool_id)


def _refusal(line: RequestLine, full: int) -> NotReady:
    """Why it cannot be granted: which pool holds how much, and how much of the line that is enough for."""
    pool = Pool.objects.select_related("paid_from").get(pk=line.pool_id)
    left = pool.free + (line.granted_cost if pool.kind == ResourceKind.MONEY else line.granted)
    left_to_pay = None if pool.paid_from is None else pool.paid_from.free + line.granted_cost
    possible = left if left_to_pay is None else min(left, affordable(left_to_pay, pool.unit_cost))
    words = {
        "pool": pool.name,
        "unit": pool.unit,
        "asked": quantity_text(line.quantity),
        "left": quantity_text(left),
        "possible": quantity_text(possible),
    }
    way_out = _("Take %(possible)s, or defer the rest.") if possible > 0 else _("Defer or refuse the line.")
    if left_to_pay is not None and full != pool.pk:
        return NotReady(_too_little_money(pool, left_to_pay, words), [], interpolate(way_out, words)).about("granted")
    sentence = _("%(pool)s is full: nothing is left of it.")
    if left > 0:
        sentence = _("%(pool)s is full: %(left)s of your %(asked)s %(unit)s are left.")
    return NotReady(interpolate(sentence, words), [], interpolate(way_out, words)).about("granted")


def _too_little_money(pool: Pool, left: Decimal, words: Mapping[str, str]) -> Sentence:
    """Which money pool pays, what is left of it, and how many hours that is enough for."""
    if pool.paid_from is None:
        raise ValueError(f"Nothing pays for {pool}.")
    words = {
        **words,
        "payer": pool.paid_from.name,
        "rate": money(pool.unit_cost, PLACES),
        "money": money(left, PLACES),
        "currency": pool.paid_from.unit,
    }
    sentence = _(
        "%(payer)s pays for %(pool)s at %(rate)s per unit (%(unit)s) and has %(money)s %(currency)s left: "
        "enough for %(possible)s of your %(asked)s %(unit)s."
    )
    if left <= 0:
        sentence = _("%(payer)s pays for %(pool)s at %(rate)s per unit (%(unit)s), and nothing is left of it.")
    return interpolate(sentence, words)
