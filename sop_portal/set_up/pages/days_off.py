"""The page of holidays and make-up days: a year at a time, typed, pasted, or filled in from a country's calendar."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from planning.cycles.calendar import years_of_plan
from sop_portal.foundation.kit.filters import one_of, refuse_unknown
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Organisation, SpecialDay
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.actions import DayTerms
from sop_portal.set_up.days_table import joined, written
from sop_portal.set_up.forms import DaysForm
from sop_portal.set_up.known_days import countries, known_days


@page(Can.KEEP_PEOPLE)
def ask(request: Request) -> HttpResponse:
    """The days of a year; with a country, those it knows beside them, to be looked at and saved."""
    refuse_unknown(request.GET, "year", "country")
    year = year_asked(request)
    known = countries()
    country = one_of(request.GET, "country", [code for code, _name in known])
    days = kept_days(year)
    proposed = known_days(country, year) if country else []
    form = DaysForm(year=year, table=written(joined(days, proposed)), kept=days)
    return show(request, form, {"country": country, "proposed": len(proposed)})


@act(Can.KEEP_PEOPLE)
def take(request: Request) -> HttpResponse:
    """Save the days of the year."""
    actions.require_administrator(request.user, request.moment)
    year = year_asked(request)
    form = DaysForm(request.POST, year=year)
    if not form.is_valid():
        return show(request, form, {"country": ""}, 422)
    typed = form.cleaned_data["days"]
    days = actions.set_days_off(year, typed, by=request.user, at=request.moment, seen=form.shown)
    sentence = ngettext("%(count)s day of %(year)s is kept.", "%(count)s days of %(year)s are kept.", len(days))
    messages.success(request, sentence % {"count": len(days), "year": year})
    return redirect(f"{reverse('days-off')}?year={year}")


def year_asked(request: Request) -> int:
    """The year of the address, else the one it is."""
    years = [str(year) for year in years_of_plan(request.today)]
    return int(one_of(request.GET, "year", years) or request.today.year)


def kept_days(year: int) -> list[DayTerms]:
    """The days of a year as they are kept."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = SpecialDay.objects.filter(on__gte=first, on__lte=last)
    return [DayTerms(row.on, row.name, row.is_worked) for row in rows]


def show(request: Request, form: DaysForm, more: dict[str, object], status: int = 200) -> HttpResponse:
    """The page with its form, the calendars to fill it in from, and the days as they are kept."""
    context = {
        "form": form,
        "year": form.year,
        "years": [year for year in (form.year - 1, form.year + 1) if year in years_of_plan(request.today)],
        "days": kept_days(form.year),
        "countries": countries(),
        "organisation": Organisation.current(),
    }
    return render(request, "set_up/days_off.html", context | more, status=status)


days_off = either(ask, take)
