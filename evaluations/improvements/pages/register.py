"""The register of improvement measures of a year, and the form for one that comes from no other record."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from evaluations.improvements import actions
from evaluations.improvements.forms import MeasureFilter, NewMeasureForm
from evaluations.improvements.models import Measure
from evaluations.improvements.queries import LIKE_ANOTHER, open_measure_like
from evaluations.improvements.workflow import MEASURE
from planning.cycles.queries import cycle_of, may_in
from sop_portal.foundation.kit.formats import day_of_year, until
from sop_portal.foundation.kit.paging import Sort, paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

SORTS = {"number": Sort(("number",), is_unique=True)}
LONGEST = 140


@dataclass(frozen=True)
class MeasureRow:
    """A measure in the register, written out."""

    url: str
    name: str
    what: str
    department: str
    owner: str
    due: str
    late: str
    state: SafeString


def measure_row(measure: Measure, on: date) -> MeasureRow:
    """One measure of the register; an adopted one that is late says by how much."""
    due = measure.due
    return MeasureRow(
        url=measure.get_absolute_url(),
        name=f"M-{measure.cycle.year}-{measure.number:02d}",
        what=Truncator(measure.what).chars(LONGEST),
        department=measure.department.name if measure.department else "–",
        owner=measure.owner.name if measure.owner else "–",
        due=day_of_year(due),
        late=until(due, on) if measure.state == Measure.State.ADOPTED and due and due < on else "",
        state=state(MEASURE.tones[measure.state], MEASURE.states(measure.state).label, measure.state in MEASURE.closed),
    )


@page()
def improvements(request: Request, *, year: int) -> HttpResponse:
    """Every measure of the year that one may see, wherever it comes from."""
    cycle = cycle_of(request, year)
    form = MeasureFilter(request.GET, actor=request.actor, cycle=cycle)
    rows = Measure.objects.filter(cycle=cycle).visible_to(request.actor)
    rows = form.narrow(rows.select_related("cycle", "department", "owner"), request.today)
    shown = paginate(rows, request.GET, SORTS, "-number")
    context = {
        "cycle": cycle,
        "narrowing": form,
        "lines": [measure_row(measure, request.today) for measure in shown.rows],
        "shown": shown,
        "is_narrowed": bool(form.wanted),
        "may_propose": may_in(request, cycle, Can.PROPOSE_MEASURE),
    }
    return render(request, "evaluations/improvements/improvements.html", context)


@page(Can.PROPOSE_MEASURE)
def ask_proposal(request: Request, *, year: int) -> HttpResponse:
    """The form for a measure that comes from no other record."""
    cycle = cycle_of(request, year)
    form = NewMeasureForm(actor=request.actor, cycle=cycle)
    return render(request, "evaluations/improvements/propose.html", {"cycle": cycle, "form": form})


@act(Can.PROPOSE_MEASURE)
def take_proposal(request: Request, *, year: int) -> HttpResponse:
    """Propose a measure."""
    cycle = cycle_of(request, year)
    form = NewMeasureForm(request.POST, actor=request.actor, cycle=cycle)
    if not form.is_valid() or form.asks_about_duplicate(
        open_measure_like(form.cleaned_data["department"], form.cleaned_data["what"]), LIKE_ANOTHER
    ):
        return render(request, "evaluations/improvements/propose.html", {"cycle": cycle, "form": form}, status=422)
    measure = actions.propose(cycle, form.cleaned_data["department"], form.proposal, by=request.user, at=request.moment)
    messages.success(request, _("The measure is proposed. Management decides."))
    return redirect(measure.get_absolute_url())


propose = either(ask_proposal, take_proposal)
