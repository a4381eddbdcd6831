"""Above which amount an expense of the year is posted with its receipt."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from planning.cycles import actions
from planning.cycles.forms import ReceiptRuleForm
from planning.cycles.pages.windows import TypedRules, show_windows
from planning.cycles.queries import cycle_with_windows
from planning.cycles.workflow import only_for
from sop_portal.foundation.organisation.access import Request, act
from sop_portal.foundation.organisation.roles import Can


@act(Can.RUN_CYCLE)
def receipt_rule(request: Request, year: int) -> HttpResponse:
    """Say above which amount an expense needs its receipt."""
    cycle = cycle_with_windows(request, year)
    only_for(request, Can.RUN_CYCLE)
    form = ReceiptRuleForm(request.POST)
    if not form.is_valid():
        return show_windows(request, cycle, TypedRules(receipts=form), 422)
    above, seen = form.cleaned_data["above"], form.cleaned_data["seen"]
    actions.need_receipts(cycle, above, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Saved."))
    return redirect("windows", year)
