"""Spending exceptions: asked for, decided, used once."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.spending import actions
from budgets.spending.forms import ExceptionFilter, ExceptionForm
from budgets.spending.models import SpendingException
from budgets.spending.pages.choose import CHOSEN, chosen_line, show_choice
from budgets.spending.pages.lines import chain_of, line_pairs
from budgets.spending.queries import LIKE_ANOTHER, exception_like, exceptions_of, find_exception
from budgets.spending.workflow import EXCEPTION
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.components import Button, Link, NextBox
from sop_portal.foundation.kit.filters import refuse_unknown
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.bringing import asked_beside_papers, attach_brought, is_refused
from sop_portal.foundation.workflow.record_page import made_by, record_context
from sop_portal.foundation.workflow.views import step_view

SORTS = {"date": "asked_at"}
PREFILLED = ("amount", "spent_on", "what")
exception_step = step_view(EXCEPTION, find_exception)


@page()
def exceptions(request: Request, year: int) -> HttpResponse:
    """Exceptions that were asked for, newest first."""
    cycle = cycle_of(request, year)
    narrowing = ExceptionFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(exceptions_of(cycle, request.actor), cycle)
    # The expenses come for the rows shown only: joined, they would be read for all exceptions before they are sorted.
    found = found.select_related("appropriation__project", "asked_by").prefetch_related("expense")
    turned = paginate(found, request.GET, SORTS, "-date")
    context = {"cycle": cycle, "narrowing": narrowing, "turned": turned, "tones": EXCEPTION.tones}
    return render(request, "budgets/spending/exceptions.html", context)


@page(Can.POST_EXPENSE)
def ask_exception(request: Request, year: int) -> HttpResponse:
    """Ask finance for an exception; the form is prefilled with what the guard stopped."""
    cycle = cycle_of(request, year)
    refuse_unknown(asked_beside_papers(request), *CHOSEN, *PREFILLED)
    line, choosing = chosen_line(request, cycle, request.GET)
    if line is None:
        return show_choice(request, cycle, choosing)
    actions.may_post(line, request.user, request.moment)
    typed = {name: request.GET.get(name, "") for name in PREFILLED}
    form = ExceptionForm(line=line, initial=typed)
    return render(request, "budgets/spending/exception_form.html", {"cycle": cycle, "line": line, "form": form})


@act(Can.POST_EXPENSE)
def take_exception(request: Request, year: int) -> HttpResponse:
    """Send the question to finance."""
    cycle = cycle_of(request, year)
    line, choosing = chosen_line(request, cycle, request.POST)
    if line is None:
        return show_choice(request, cycle, choosing, 422)
    form = ExceptionForm(request.POST, line=line)
    if (
        not form.is_valid()
        or form.asks_about_duplicate(exception_like(line, form.payment, request.today), LIKE_ANOTHER)
        or is_refused(request)
    ):
        context = {"cycle": cycle, "line": line, "form": form}
        return render(request, "budgets/spending/exception_form.html", context, status=422)
    why = form.cleaned_data["why"]
    asked = actions.ask_exception(
        line, form.payment, why=why, by=request.user, at=request.moment, is_another=form.is_another
    )
    attach_brought(request, asked)
    messages.success(request, _("The exception is asked for; finance decides and you get a mail either way."))
    return redirect(asked)


exception_new = either(ask_exception, take_exception)


@page()
def exception(request: Request, year: int, pk: int) -> HttpResponse:
    """One exception: what was asked and why, what finance decided, and the expense that rests on it."""
    found = find_exception(request, year, pk)
    context = record_context(request, EXCEPTION, found, box=next_box_of(found, request.actor))
    context |= {
        "line": found.appropriation,
        "cycle": found.cycle,
        "asked_by": made_by(EXCEPTION, found),
        "pairs": line_pairs(found.appropriation, found.cycle),
        "links": chain_of(found.appropriation, found.cycle, Link(_("This exception"), is_here=True)),
    }
    return render(request, "budgets/spending/exception.html", context)


def next_box_of(exception: SpendingException, actor: Actor) -> NextBox | None:
    """The expense that may now be posted, while nobody has."""
    line = exception.appropriation
    if exception.state != SpendingException.State.GRANTED or getattr(exception, "expense", None):
        return None
    last = day_of_year(exception.usable_until)
    if exception.has_lapsed(actor.on):
        title = _("Lapsed: it was not used in time")
        return NextBox(title, _("It could be used until %(day)s. Ask for another one.") % {"day": last}, "done")
    title = _("Post the expense")
    if not actor.may(Can.POST_EXPENSE, line):
        return NextBox(title, _("The exception is granted; project lead or finance can post it."), "wait")
    typed = {
        "line": line.number,
        "amount": exception.amount,
        "spent_on": exception.spent_on.isoformat(),
        "what": exception.what,
        "exception": exception.pk,
    }
    url = f"{reverse('expense-new', args=[line.cycle.year])}?{urlencode(typed)}"
    return NextBox(
        title,
        _("The exception is granted. It holds for one expense, until %(day)s.") % {"day": last},
        buttons=[Button(title, url, True)],
    )
