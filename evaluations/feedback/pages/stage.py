"""How hard a stage was, asked of everybody who acted in it; the answer leads back to where it was given."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.feedback import actions
from evaluations.feedback.forms import StageAnswerForm
from evaluations.feedback.queries import StageQuestion
from planning.cycles.queries import published_cycle
from planning.models import Stage
from sop_portal.foundation.organisation.access import Request, act
from sop_portal.foundation.organisation.roles import Can


@act(Can.SEE_RECORDS, is_secret=True)
def answer_stage(request: Request, *, year: int, stage: str) -> HttpResponse:
    """Take the answer; nothing but that there is one more of its kind is kept of it."""
    if stage not in Stage.values:
        raise Http404
    cycle, form = published_cycle(request, year), StageAnswerForm(request.POST)
    if not form.is_valid():
        context = {"question": StageQuestion(cycle, stage), "form": form}
        return render(request, "evaluations/feedback/stage.html", context, status=422)
    actions.answer_stage(cycle, stage, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("Thank you. Your answer is counted, and nobody can see that it is yours."))
    return redirect("my-work")
