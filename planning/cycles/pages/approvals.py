"""Above which sum a second manager approves the budget of the year."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from planning.cycles import actions
from planning.cycles.forms import ApprovalForm
from planning.cycles.pages.windows import TypedRules, show_windows
from planning.cycles.queries import cycle_with_windows
from planning.cycles.workflow import only_for
from sop_portal.foundation.organisation.access import Request, act
from sop_portal.foundation.organisation.roles import Can


@act(Can.RUN_CYCLE)
def approval_rule(request: Request, year: int) -> HttpResponse:
    """Say above which sum two managers approve."""
    cycle = cycle_with_windows(request, year)
    only_for(request, Can.RUN_CYCLE)
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return show_windows(request, cycle, TypedRules(approvals=form), 422)
    above, seen = form.cleaned_data["above"], form.cleaned_data["seen"]
    actions.approve_by_two(cycle, above, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Saved."))
    return redirect("windows", year)
