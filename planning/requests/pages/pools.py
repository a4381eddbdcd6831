"""The pools of a year: what there is, how much of it is granted; adding and changing one."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.cycles.queries import cycle_of, may_in
from planning.requests import actions
from planning.requests.figures import asked_which
from planning.requests.forms import PoolChangeForm, PoolForm
from planning.requests.models import Pool, quantity_text
from planning.requests.queries import find_pool, taken_by_lines, undecided_quantities_of_all_departments
from sop_portal.foundation.kit.charts import capacity_bar
from sop_portal.foundation.kit.components import PoolCapacity
from sop_portal.foundation.kit.formats import listed, money
from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_may


@page()
def pools(request: Request, *, year: int) -> HttpResponse:
    """What is available in the year."""
    cycle = cycle_of(request, year)
    found = list(Pool.objects.filter(cycle_id=cycle.pk).visible_to(request.actor).select_related("paid_from"))
    rows = [
        (pool, pool.in_unit(pool.capacity), pool.in_unit(pool.committed), pool.in_unit(pool.free), paid_by(pool))
        for pool in found
    ]
    # What others ask for is for those who see all departments.
    pictures = pool_capacities(cycle, found) if request.actor.sees_everything else []
    may_keep = may_in(request, cycle, Can.KEEP_POOLS)
    unclear = [str(metric.label) for metric in asked_which(found)]
    context = {"cycle": cycle, "rows": rows, "pools": pictures, "may_keep": may_keep}
    context["may_bring"] = may_keep or may_in(request, cycle, Can.RUN_CYCLE)
    context |= {"unclear": listed(unclear) if may_keep else ""}
    # What the budget takes is for those who see all departments.
    taken = taken_by_lines(cycle.pk) if request.actor.sees_everything else {}
    context |= {"taken": [taken_words(pool, taken[pool.pk]) for pool in found if pool.pk in taken]}
    context |= {"only": "" if may_keep else who_may(Can.KEEP_POOLS, request.today)}
    return render(request, "planning/requests/pools.html", context)


def taken_words(pool: Pool, taken: Decimal) -> str:
    """What the lines in force take of a money pool, and by how much that is more than it holds."""
    words = {"pool": typed(pool.name), "taken": money(taken, 2), "beyond": money(taken - pool.capacity, 2)}
    if taken > pool.capacity:
        sentence = _("Lines paid from “%(pool)s” come to %(taken)s, %(beyond)s more than it holds.")
        return interpolate(sentence, words)
    return interpolate(_("Lines paid from “%(pool)s” come to %(taken)s."), words)


def paid_by(pool: Pool) -> str:
    """Out of which money a pool is paid, and at what rate; money pays for itself."""
    if pool.is_paid_for:
        return _("already paid for")
    if pool.paid_from is None:
        return ""
    words = {"payer": pool.paid_from.name, "rate": money(pool.unit_cost, 2)}
    return interpolate(_("%(rate)s from %(payer)s"), words)


def pool_capacities(cycle: Cycle, found: Sequence[Pool]) -> list[PoolCapacity]:
    """Every pool: committed solid, what the undecided lines of all departments ask hatched, the rest free."""
    asked = undecided_quantities_of_all_departments(cycle)
    return [_capacity(pool, asked.get(pool.pk) or Decimal(0)) for pool in found]


def _capacity(pool: Pool, asked: Decimal) -> PoolCapacity:
    words = {"free": quantity_text(pool.free), "asked": quantity_text(asked), "unit": pool.unit}
    if asked > pool.free:
        words["beyond"] = quantity_text(asked - pool.free)
        note = _("%(free)s free, %(beyond)s %(unit)s asked beyond it") % words
        if not pool.free:
            note = _("Full. %(beyond)s %(unit)s asked beyond it") % words
    elif asked:
        note = _("%(free)s free, %(asked)s asked and not decided") % words
    else:
        note = _("%(free)s free") % words
    bar = capacity_bar(pool.capacity, pool.committed, asked)
    return PoolCapacity(pool.name, pool.in_unit(pool.capacity), bar, note)


@page(Can.KEEP_POOLS)
def _ask_new(request: Request, *, year: int) -> HttpResponse:
    cycle = cycle_of(request, year)
    return _show(request, cycle, PoolForm(cycle=cycle))


@act(Can.KEEP_POOLS)
def _add(request: Request, *, year: int) -> HttpResponse:
    cycle = cycle_of(request, year)
    form = PoolForm(request.POST, cycle=cycle)
    if form.is_valid():
        try:
            actions.add_pool(cycle, form.cleaned_data["kind"], form.terms, by=request.user, at=request.moment)
            messages.success(request, _("The pool was added."))
            return redirect("pools", year=year)
        except NotReady as refusal:
            say_beside_field(form, refusal)
    return _show(request, cycle, form, status=422)


new_pool = either(_ask_new, _add)


@page(Can.KEEP_POOLS)
def _ask_change(request: Request, *, year: int, pk: int) -> HttpResponse:
    found = find_pool(request, year, pk)
    return _show(request, found.cycle, PoolChangeForm(pool=found), found)


@act(Can.KEEP_POOLS)
def _change(request: Request, *, year: int, pk: int) -> HttpResponse:
    found = find_pool(request, year, pk)
    form = PoolChangeForm(request.POST, pool=found)
    if form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            actions.change_pool(found, form.terms, by=request.user, at=request.moment, seen=seen)
            messages.success(request, _("The pool was changed."))
            return redirect("pools", year=year)
        except NotReady as refusal:
            say_beside_field(form, refusal)
    return _show(request, found.cycle, form, found, status=422)


pool = either(_ask_change, _change)


def _show(
    request: Request, cycle: Cycle, form: PoolForm | PoolChangeForm, found: Pool | None = None, *, status: int = 200
) -> HttpResponse:
    return render(request, "planning/requests/pool.html", {"cycle": cycle, "form": form, "pool": found}, status=status)
