"""The page every step shares: ask (what happens next, who, why) and take."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.access import Request, View, act, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow import actions
from sop_portal.foundation.workflow.checks import check_step
from sop_portal.foundation.workflow.forms import CommentForm, StepForm
from sop_portal.foundation.workflow.models import Record, with_year_and_department
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.record_page import step_context
from sop_portal.foundation.workflow.seen import SeenVersion
from sop_portal.foundation.workflow.table import Step, Workflow, workflow_of

ONLY_A_COMMENT: Mapping[str, type[StepForm]] = MappingProxyType({})


def step_view(
    workflow: Workflow[Any], find: Callable[..., Record], asking: Mapping[str, type[StepForm]] = ONLY_A_COMMENT
) -> View:
    """A view for `<record>/<step>/`: GET asks, POST takes the step through its act.

    `find(request, **kwargs)` fetches the record through `visible_to`; `asking` has the forms of steps that ask a choice
    beside the comment. Raises ImproperlyConfigured, when the portal starts, for a step with a button that nothing
    carries out. An act that needs more has its own page.
    """
    lacking = workflow.without_act()
    if lacking:
        raise ImproperlyConfigured(
            f"Nothing carries out {lacking} of “{workflow.kind}”: write the function in an actions.py of its stage "
            f"and mark it with @….act(“{lacking[0]}”)."
        )

    @page(None)
    def ask(request: Request, *, step: str, **where: Any) -> HttpResponse:
        record = find(request, **where)
        asked = known(step)
        form = asking.get(step, StepForm)(step=asked, initial={"seen": SeenVersion.on(workflow, record)})
        form.ask(record, request.moment)
        return show(request, record, asked, form, 200)

    @act(None)
    def take(request: Request, *, step: str, **where: Any) -> HttpResponse:
        record = find(request, **where)
        taken = known(step)
        form = asking.get(step, StepForm)(request.POST, step=taken)
        form.ask(record, request.moment)
        if not form.is_valid():
            return show(request, record, taken, form, 422)
        workflow.acts[step](record, by=request.user, at=request.moment, **form.cleaned_data)
        messages.success(request, _("Done: %(step)s.") % {"step": taken.label})
        return redirect(f"{record.get_absolute_url()}?done={step}")

    def known(step: str) -> Step[Any]:
        if step not in workflow.acts or workflow.has_own_page(step):
            raise Http404
        return workflow[step]

    def show(request: Request, record: Record, step: Step[Any], form: StepForm, status: int) -> HttpResponse:
        offered = offer(workflow, step, record, request.actor, request.moment)
        if not offered.is_possible and not offered.missing:
            check_step(workflow, step, record, request.actor, request.moment)
        context = step_context(request, workflow, step, record) | {"offer": offered, "form": form}
        return render(request, "workflow/step.html", context, status=status)

    def both(request: Request, **kwargs: object) -> HttpResponseBase:
        return (take if request.method == "POST" else ask)(request, **kwargs)

    both.access = ("step", workflow.kind)  # type: ignore[attr-defined]
    return both


@act(Can.COMMENT)
def comment(request: Request, *, kind: str, pk: int) -> HttpResponse:
    """Write a comment on any record one may see."""
    workflow = workflow_of(kind)
    if workflow is None:
        raise Http404
    record = get_object_or_404(with_year_and_department(workflow.model.objects.visible_to(request.actor)), pk=pk)
    request.actor.shown.add(record)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return render(request, "workflow/comment.html", {"record": record, "form": form}, status=422)
    text = form.cleaned_data["text"]
    actions.comment(kind, record, text, by=request.user, at=request.moment)
    for person in actions.mentioned_in_vain(text, record, request.moment):
        sentence = _("%(person)s cannot see this record, so nobody told them.")
        messages.warning(request, interpolate(sentence, {"person": person}))
    for name in actions.unknown_names(text):
        sentence = _("Nobody here is called “%(name)s”, so nobody was told. Write the first name after the @.")
        messages.warning(request, interpolate(sentence, {"name": typed(name)}))
    return redirect(f"{record.get_absolute_url()}#talk")
