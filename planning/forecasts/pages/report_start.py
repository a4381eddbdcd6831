"""A new version of the demand report is begun, with the reason."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.cycles.queries import published_cycle
from planning.cycles.workflow import only_for
from planning.forecasts import actions
from planning.forecasts.forms import DemandReportForm
from planning.forecasts.models import DemandReport
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.PUBLISH_REPORT)
def ask_start(request: Request, year: int) -> HttpResponse:
    """The question why a new version is needed."""
    cycle = published_cycle(request, year)
    return _show(request, cycle, DemandReportForm(needs_reason=_has_report(cycle)))


@act(Can.PUBLISH_REPORT)
def carry_out_start(request: Request, year: int) -> HttpResponse:
    """Begin to compile a version."""
    cycle = published_cycle(request, year)
    only_for(request, Can.PUBLISH_REPORT)
    form = DemandReportForm(request.POST, needs_reason=_has_report(cycle))
    if not form.is_valid():
        return _show(request, cycle, form, 422)
    made = actions.start_report(cycle, by=request.user, at=request.moment, reason=form.cleaned_data.get("reason", ""))
    messages.success(request, _("Version %(number)s is being compiled.") % {"number": made.number})
    return redirect(made)


def _has_report(cycle: Cycle) -> bool:
    return DemandReport.objects.filter(cycle=cycle).exists()


def _show(request: Request, cycle: Cycle, form: DemandReportForm, status: int = 200) -> HttpResponse:
    return render(request, "planning/forecasts/report_start.html", {"cycle": cycle, "form": form}, status=status)


start = either(ask_start, carry_out_start)
