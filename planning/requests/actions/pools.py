"""The pools: what there is in a year, and out of which money it is paid; added and changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.requests.actions.filling_in import fill_in_untouched, lock_drafts_and_askers
from planning.requests.actions.pool_terms import (
    PAYING,
    USUAL,
    PoolTerms,
    differing,
    refuse_loss,
    refuse_misfit,
    refuse_other_currency,
    refuse_second_name,
    refuse_second_usual,
    refuse_unseen,
)
from planning.requests.actions.totals import recount
from planning.requests.figures import cost_of
from planning.requests.models import Pool, RequestLine, ResourceRequest
from planning.requests.workflow import LINE, REQUEST
from sop_portal.foundation.kit.bounds import MONEY, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unfit, save_new
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.foundation.workflow.taking_out import take_out
from sop_portal.foundation.workflow.years import hold_open_year

KIND = "pool"


def add_pool(cycle: Cycle, kind: str, terms: PoolTerms, *, by: User, at: datetime, can: Can = Can.KEEP_POOLS) -> Pool:
    """Add something there is a limited amount of in a year; drafts nobody worked in are filled in with it.

    Whoever sets the year up may bring its pools in with a file, which `can` says.
    """
    _refuse_outsiders(by, at, can)
    refuse_misfit(cycle, kind, terms)
    refuse_other_currency(cycle, kind, terms.unit)
    with _each_name_once(terms.name):
        hold_open_year(KIND, cycle, "create")
        refuse_second_name(cycle, terms.name)
        refuse_second_usual(cycle, kind, terms)
        requests = lock_drafts_and_askers(cycle)
        pool = save_new(Pool(cycle=cycle, kind=kind, **vars(terms)))
        changes = [Change("capacity", "", f"{terms.capacity} {terms.unit}", terms.name)]
        changes += [Change(name, "", _text(getattr(terms, name)), terms.name) for name in PAYING + USUAL]
        note(KIND, pool, "create", by=by, at=at, changes=[change for change in changes if change.new])
        fill_in_untouched(requests, by=by, at=at)
    return pool


def change_pool(pool: Pool, terms: PoolTerms, *, by: User, at: datetime, seen: int, can: Can = Can.KEEP_POOLS) -> Pool:
    """Give a pool another capacity, name, unit or payer; what was granted from it stays granted.

    What it costs and who pays it stays once a request with a line of it is submitted; drafts follow a new rate.
    """
    _refuse_outsiders(by, at, can)
    refuse_misfit(pool.cycle, pool.kind, terms)
    if terms.unit != pool.unit:
        refuse_other_currency(pool.cycle, pool.kind, terms.unit)
    with _each_name_once(terms.name):
        hold_open_year(KIND, pool, "edit")
        # Requests before pools, as everywhere; what only the pool itself says needs none of them.
        is_followed = bool(set(differing(pool, terms)) & {*PAYING, *USUAL})
        requests = lock_drafts_and_askers(pool.cycle, pool) if is_followed else []
        locked = Pool.objects.select_for_update().get(pk=pool.pk)
        refuse_unseen(locked, seen)
        refuse_loss(locked, terms)
        refuse_second_name(locked.cycle, terms.name, but=locked.pk)
        refuse_second_usual(locked.cycle, locked.kind, terms, but=locked.pk)
        _change(locked, terms, by, at)
        if is_followed:
            _follow_rate(locked, requests, by, at)
            fill_in_untouched(requests, by=by, at=at)
    return locked


def take_out_pool(pool: Pool, *, by: User, at: datetime, can: Can = Can.KEEP_POOLS) -> None:
    """Take a pool out that came in by mistake: nobody asks for it, and it pays for nothing.

    Drafts nobody worked in are filled in as they would be without it: where it was one of two, with the other one.
    """
    _refuse_outsiders(by, at, can)
    with transaction.atomic():
        hold_open_year(KIND, pool, "take-out")
        requests = lock_drafts_and_askers(pool.cycle, pool)
        fill_in_untouched(requests, by=by, at=at, without=pool)
        take_out(KIND, pool, called=pool.name, by=by, at=at)


def _change(locked: Pool, terms: PoolTerms, by: User, at: datetime) -> None:
    changed = differing(locked, terms)
    if changed:
        changes = [Change(n, _text(getattr(locked, n)), _text(getattr(terms, n)), locked.name) for n in changed]
        locked.version += 1
        for name in changed:
            setattr(locked, name, getattr(terms, name))
        refuse_unfit(locked, changed)
        # The committed figure is not written: a grant may change it in the same moment.
        locked.save(update_fields=[*vars(terms), "version"])
        note(KIND, locked, "edit", by=by, at=at, changes=changes)


def _follow_rate(pool: Pool, requests: list[ResourceRequest], by: User, at: datetime) -> None:
    """Lines that are still being written cost what the pool costs now; their requests say so in the trail."""
    known = {request.pk: request for request in requests}
    changes: dict[int, list[Change]] = {}
    lines = RequestLine.objects.filter(pool=pool).exclude(unit_cost=pool.unit_cost).select_related("project")
    for line in lines.select_for_update(of=("self",)).order_by("pk"):
        where = f"{line.project.name}, {line.called}"
        changes.setdefault(line.request_id, []).append(
            Change("unit_cost", str(line.unit_cost), str(pool.unit_cost), where)
        )
        line.unit_cost, line.cost = pool.unit_cost, cost_of(line.quantity, pool.unit_cost)
        refuse_beyond(_("Cost"), line.cost, MONEY)
        line.save(update_fields=["unit_cost", "cost"])
        seal_rows(LINE, [line.pk])
    for pk, noted in changes.items():
        request = known[pk]
        request.version += 1
        recount([request])
        request.save(update_fields=["version"])
        note(REQUEST.kind, request, "edit", by=by, at=at, changes=noted)


def _text(value: object) -> str:
    """A term as the trail keeps it; what is not said is nothing."""
    return "" if value is None or value is False else "yes" if value is True else str(value)


def _refuse_outsiders(by: User, at: datetime, can: Can) -> None:
    """Refuse everybody who may not do what `can` says: keep the pools, or set the year up."""
    if not Actor.of(by, at).may(can):
        raise NotYours(*who_instead(can, None, at))


@contextmanager
def _each_name_once(name: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as broken:
        if "one_usual_pool" in str(broken):
            refusal = NotReady(_("Another pool became the usual one a moment ago."), [], _("Look at it again."))
            raise refusal.about("is_usual") from None
        sentence = _("There is a pool called “%(name)s” already.") % {"name": name}
        raise NotReady(sentence, [], _("Choose another name, or change that one.")).about("name") from None
