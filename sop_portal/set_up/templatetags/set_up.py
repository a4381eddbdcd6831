"""The next step of the set-up, for pages beside it that do one of its steps."""

from typing import Any

from django import template
from django.template import Context

from sop_portal.foundation.organisation.roles import Can
from sop_portal.set_up.pages.steps import next_of
from sop_portal.set_up.steps import step_groups

register = template.Library()


@register.inclusion_tag("set_up/next.html", takes_context=True)
def next_of_set_up(context: Context) -> dict[str, Any]:
    """What the set-up waits for next, and the way back to it, for whoever sets up."""
    request = context["request"]
    if not request.actor.may(Can.KEEP_PEOPLE):
        return {}
    return {"is_shown": True, "following": next_of(step_groups(request.today))}
