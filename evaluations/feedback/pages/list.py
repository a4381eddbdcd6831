"""The feedback of a year, and the form for more of it."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evaluations.feedback import actions
from evaluations.feedback.forms import FeedbackFilter, FeedbackForm
from evaluations.feedback.models import Feedback
from evaluations.feedback.queries import LIKE_ANOTHER, feedback_like, with_days
from evaluations.feedback.workflow import FEEDBACK
from planning.cycles.queries import cycle_of, may_in
from planning.models import Cycle
from sop_portal.foundation.kit.formats import NOTHING, day_short, moment, until
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.bringing import attach_brought, is_refused

SORTS = {"given": "given_at"}


@dataclass(frozen=True)
class FeedbackRow:
    """Feedback in the list, written out."""

    url: str
    title: str
    department: str
    person: str
    given: str
    state: SafeString
    kind: str
    due: str
    late: str


def feedback_row(entry: Feedback, on: date) -> FeedbackRow:
    """One feedback of the list; one that is not answered says until when it is to be, and by how much it is late."""
    is_open = entry.state in FEEDBACK.awaiting
    return FeedbackRow(
        url=entry.get_absolute_url(),
        title=entry.title,
        department=entry.department.name,
        person=entry.given_by.name if entry.given_by else "–",
        given=moment(entry.given_at, on),
        kind=entry.get_kind_display(),
        due=day_short(entry.answer_by, on) if is_open else NOTHING,
        late=until(entry.answer_by, on) if is_open and entry.is_late(on) else "",
        state=state(FEEDBACK.tones[entry.state], FEEDBACK.states(entry.state).label, entry.state in FEEDBACK.closed),
    )


@page()
def feedback(request: Request, *, year: int) -> HttpResponse:
    """All feedback of the year that one may see."""
    cycle, form = cycle_of(request, year), FeedbackFilter(request.GET, actor=request.actor)
    rows = Feedback.objects.filter(cycle=cycle, **form.wanted).visible_to(request.actor)
    shown = paginate(rows.select_related("cycle", "department", "given_by"), request.GET, SORTS, "-given")
    context = {
        "cycle": cycle,
        "narrowing": form,
        "lines": [feedback_row(entry, request.today) for entry in with_days(shown.rows)],
        "shown": shown,
        "is_narrowed": bool(form.wanted),
        "may_give": may_in(request, cycle, Can.GIVE_FEEDBACK),
    }
    return render(request, "evaluations/feedback/feedback.html", context)


@page(Can.GIVE_FEEDBACK)
def ask_feedback(request: Request, *, year: int) -> HttpResponse:
    """The form for new feedback."""
    context = {"cycle": cycle_of(request, year), "form": FeedbackForm(actor=request.actor)}
    return render(request, "evaluations/feedback/give.html", context)


def like(cycle: Cycle, form: FeedbackForm) -> Feedback | None:
    """What the department told in the same words, of whichever kind."""
    return feedback_like(cycle, *(form.cleaned_data[name] for name in ("department", "title", "text")))


@act(Can.GIVE_FEEDBACK)
def take_feedback(request: Request, *, year: int) -> HttpResponse:
    """Give the feedback."""
    cycle, form = cycle_of(request, year), FeedbackForm(request.POST, actor=request.actor)
    if not form.is_valid() or form.asks_about_duplicate(like(cycle, form), LIKE_ANOTHER) or is_refused(request):
        return render(request, "evaluations/feedback/give.html", {"cycle": cycle, "form": form}, status=422)
    department = form.cleaned_data.pop("department")
    experience: actions.Experience = {**form.cleaned_data, "is_another": form.is_another}  # type: ignore[typeddict-item]
    given = actions.give(cycle, department, by=request.user, at=request.moment, **experience)
    attach_brought(request, given)
    messages.success(request, _("Thank you. Management reads and answers it."))
    return redirect(given.get_absolute_url())


give = either(ask_feedback, take_feedback)
