"""The pools of a year: what there is, how much of it is granted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.cycles.queries import cycle_of
from planning.requests import actions
from planning.requests.board import pictures_of
from planning.requests.finding import find_pool
from planning.requests.forms import PoolChangeForm, PoolForm
from planning.requests.models import Pool
from planning.requests.wording import in_unit
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page()
def pools(request: Request, *, year: int) -> HttpResponse:
    """What is available in the year."""
    cycle = cycle_of(request, year)
    found = list(Pool.objects.filter(cycle_id=cycle.pk).visible_to(request.actor))
    may_keep = request.actor.may(Can.KEEP_POOLS)
    rows = [
        (pool, in_unit(pool.capacity, pool.unit), in_unit(pool.committed, pool.unit), in_unit(pool.free, pool.unit))
        for pool in found
    ]
    # What others ask for is for those who see all departments.
    pictures = pictures_of(cycle, found) if request.actor.sees_everything else []
    context = {"cycle": cycle, "rows": rows, "pools": pictures, "may_keep": may_keep}
    return render(request, "planning/requests/pools.html", context)


@page(Can.KEEP_POOLS)
def _ask_new(request: Request, *, year: int) -> HttpResponse:
    return _show(request, cycle_of(request, year), PoolForm(), None, 200)


@act(Can.KEEP_POOLS)
def _add(request: Request, *, year: int) -> HttpResponse:
    cycle, form = cycle_of(request, year), PoolForm(request.POST)
    if form.is_valid():
        try:
            actions.keep_pool(cycle, by=request.user, at=request.moment, **form.cleaned_data)
            messages.success(request, _("The pool was added."))
            return redirect("pools", year=year)
        except NotReady as refusal:
            form.add_error("name", str(refusal))
    return _show(request, cycle, form, None, 422)


pool_new = either(_ask_new, _add)


@page(Can.KEEP_POOLS)
def _ask_change(request: Request, *, year: int, pk: int) -> HttpResponse:
    found = find_pool(request, year, pk)
    start = {"seen": found.version, "name": found.name, "unit": found.unit, "capacity": found.capacity}
    return _show(request, found.cycle, PoolChangeForm(initial=start), found, 200)


@act(Can.KEEP_POOLS)
def _change(request: Request, *, year: int, pk: int) -> HttpResponse:
    found, form = find_pool(request, year, pk), PoolChangeForm(request.POST)
    if form.is_valid():
        try:
            actions.change_pool(found, by=request.user, at=request.moment, **form.cleaned_data)
            messages.success(request, _("The pool was changed."))
            return redirect("pools", year=year)
        except NotReady as refusal:
            form.add_error("capacity", str(refusal))
    return _show(request, found.cycle, form, found, 422)


pool = either(_ask_change, _change)


def _show(
    request: Request, cycle: Cycle, form: PoolForm | PoolChangeForm, found: Pool | None, status: int
) -> HttpResponse:
    return render(request, "planning/requests/pool.html", {"cycle": cycle, "form": form, "pool": found}, status=status)
