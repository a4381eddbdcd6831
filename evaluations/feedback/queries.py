"""Feedback as pages fetch it, and the departments it is given for."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from evaluations.feedback.models import Feedback
from planning.models import Cycle
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

LIKE_ANOTHER = _("The department gave feedback in these words already.")


def find_feedback(request: Request, *, year: int, pk: int) -> Feedback:
    """The feedback of the address, if the person may see it."""
    visible = Feedback.objects.visible_to(request.actor).select_related("cycle", "department", "given_by")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


def feedback_like(cycle: Cycle, department: Department, title: str, text: str) -> Feedback | None:
    """What a department told in the same words in this year."""
    given = Feedback.objects.filter(cycle=cycle, department=department).select_related("cycle")
    return find_likely_duplicate(given, title=title, text=text)


def departments_of(actor: Actor) -> QuerySet[Department]:
    """The departments a person can speak for."""
    active = Department.objects.filter(is_active=True)
    return active if actor.sees_everything else active.filter(pk__in=actor.department_ids)
