"""The page of the steps: where the set-up stands, and the one thing to do next."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sop_portal.demo.sign_in_help import is_demonstration
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.models import Organisation
from sop_portal.foundation.organisation.roles import Can
from sop_portal.set_up.steps import StepGroup, if_it_opened_today, step_groups


@page(Can.KEEP_PEOPLE)
def set_up(request: Request) -> HttpResponse:
    """The eight steps, and what would happen if the year opened today."""
    groups = step_groups(request.today)
    context = {
        "organisation": Organisation.objects.first(),
        "groups": groups,
        "done": sum(group.done for group in groups),
        "count": sum(len(group.steps) for group in groups),
        "next": next_of(groups),
        "today": if_it_opened_today(request.today),
        "may_leave": is_demonstration(),
    }
    return render(request, "set_up/steps.html", context)


def next_of(groups: Sequence[StepGroup]) -> NextBox | None:
    """The first open step that holds something up."""
    steps = enumerate((step for group in groups for step in group.steps), start=1)
    number, first = next(((number, step) for number, step in steps if step.blocks and not step.is_help), (0, None))
    if first is None:
        return None
    title = _("Step %(number)s: %(title)s") % {"number": number, "title": first.title}
    button = Button(first.button, first.url, is_primary=True)
    return NextBox(title, first.blocks, "back" if first.gaps else "", buttons=[button])
