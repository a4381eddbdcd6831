"""Pages of spending exceptions: asked for, decided, used once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from budgets.spending import actions
from budgets.spending.finding import chosen, exceptions_of
from budgets.spending.forms import ExceptionFilter, ExceptionForm
from budgets.spending.lists import EXCEPTION_SORTS, chain_of, line_pairs, next_of_exception
from budgets.spending.models import SpendingException
from budgets.spending.workflow import EXCEPTION
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.components import Link
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import made_by, record_context
from sop_portal.foundation.workflow.views import step_view


@page()
def exceptions(request: Request, year: int) -> HttpResponse:
    """Exceptions that were asked for, newest first."""
    cycle = cycle_of(request, year)
    narrowing = ExceptionFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(exceptions_of(cycle, request.actor), cycle)
    # The expenses come for the rows shown only: joined, they would be read for all exceptions before they are sorted.
    found = found.select_related("appropriation__project", "asked_by").prefetch_related("expense")
    turned = paginate(found, request.GET, EXCEPTION_SORTS, "-date")
    context = {"cycle": cycle, "narrowing": narrowing, "turned": turned, "tones": EXCEPTION.tones}
    return render(request, "budgets/spending/exceptions.html", context)


@page(Can.POST_EXPENSE)
def ask_exception(request: Request, year: int) -> HttpResponse:
    """Ask finance for an exception; the form is prefilled with what the guard stopped."""
    cycle = cycle_of(request, year)
    line, choosing = chosen(request, cycle, request.GET)
    if line is None:
        return render(request, "budgets/spending/choose.html", {"cycle": cycle, "form": choosing})
    actions.may_post(line, request.user, request.moment)
    typed = {name: request.GET.get(name, "") for name in ("amount", "spent_on", "what")}
    form = ExceptionForm(line=line, initial=typed)
    return render(request, "budgets/spending/exception_form.html", {"cycle": cycle, "line": line, "form": form})


@act(Can.POST_EXPENSE)
def take_exception(request: Request, year: int) -> HttpResponse:
    """Send the question to finance."""
    cycle = cycle_of(request, year)
    line, choosing = chosen(request, cycle, request.POST)
    if line is None:
        return render(request, "budgets/spending/choose.html", {"cycle": cycle, "form": choosing}, status=422)
    form = ExceptionForm(request.POST, line=line)
    if not form.is_valid():
        context = {"cycle": cycle, "line": line, "form": form}
        return render(request, "budgets/spending/exception_form.html", context, status=422)
    asked = actions.ask_exception(line, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("The exception is asked for; finance decides and you get a mail either way."))
    return redirect(asked)


exception_new = either(ask_exception, take_exception)


def find_exception(request: Request, year: int, pk: int) -> SpendingException:
    """One exception with the line it is asked for."""
    line = [f"appropriation__{name}" for name in ("cycle", "department", "project", "fund", "line__budget")]
    names = ("cycle", "department", "asked_by", "expense", "appropriation__line__allocation", *line)
    return get_object_or_404(exceptions_of(cycle_of(request, year), request.actor).select_related(*names), pk=pk)


@page()
def exception(request: Request, year: int, pk: int) -> HttpResponse:
    """One exception: what was asked and why, what finance decided, and the expense that rests on it."""
    found = find_exception(request, year, pk)
    context = record_context(request, EXCEPTION, found, box=next_of_exception(found, request.actor))
    context |= {
        "line": found.appropriation, "cycle": found.cycle, "asked_by": made_by(EXCEPTION, found),
        "pairs": line_pairs(found.appropriation, found.cycle),
        "links": chain_of(found.appropriation, found.cycle, Link(_("This exception"), is_here=True)),
    }  # fmt: skip
    return render(request, "budgets/spending/exception.html", context)


exception_step = step_view(EXCEPTION, {"grant": actions.grant, "refuse": actions.refuse}, find_exception)
