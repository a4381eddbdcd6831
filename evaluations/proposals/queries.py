"""Change proposals as pages fetch them."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from evaluations.proposals.models import ChangeProposal
from planning.models import Cycle
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.organisation.access import Request

LIKE_ANOTHER = _("A change in these words is proposed already.")


def find_proposal(request: Request, *, year: int, number: int) -> ChangeProposal:
    """The proposal of the address, if the person may see it."""
    visible = ChangeProposal.objects.visible_to(request.actor).select_related("cycle", "proposed_by", "setting_of")
    return get_object_or_404(visible, cycle__year=year, number=number)


def proposal_like(title: str, what: str) -> ChangeProposal | None:
    """A proposal in the same words that is not done with yet."""
    waiting = ChangeProposal.objects.filter(state__in=["proposed", "adopted"]).select_related("cycle")
    return find_likely_duplicate(waiting, title=title, what=what)


def waiting_proposals(cycle: Cycle) -> QuerySet[ChangeProposal]:
    """What is proposed and not decided."""
    return ChangeProposal.objects.filter(cycle=cycle, state="proposed").select_related("cycle").order_by("number")


def proposed_on(origin_url: str) -> QuerySet[ChangeProposal]:
    """The changes that were proposed on a page, for everybody who may see it."""
    return ChangeProposal.objects.filter(origin_url=origin_url).select_related("cycle").order_by("pk")


def told_by(editions: list[int]) -> QuerySet[ChangeProposal]:
    """The changes that these versions of the handbook tell of."""
    return (
        ChangeProposal.objects.filter(edition__in=editions)
        .select_related("cycle", "setting_of")
        .order_by("edition", "pk")
    )
