"""The box at the top of the budget: the one thing to do, or who it waits for, for this person."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting.models import Budget, Confirmation, Contest
from budgets.drafting.pages.amendment import is_seen, ways_into
from budgets.drafting.queries.budgets import begun_by_whom, made_now
from budgets.drafting.queries.versions import class_of
from budgets.drafting.workflow.budget import BUDGET, SMALL, needs_two
from planning.cycles.queries import may_in
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.offers import Offer, offers, waits_for

State = Budget.State


def next_box_of(budget: Budget, request: Request) -> NextBox:
    """What stands in the box for this person."""
    own = _own_answer(budget, request)
    if own is not None:
        return _answer_box(own)
    every = offers(BUDGET, budget, request.actor, request.moment)
    found = [offer for offer in every if _fits(offer, budget)]
    mine = [offer for offer in found if offer.is_possible or (offer.is_yours and offer.missing)]
    if mine:
        refused = [offer for offer in found if offer.step.name == "put-in-force" and offer not in mine]
        return _mine(budget, mine, refused)
    if budget.state in BUDGET.closed:
        return _finished(budget, request)
    waiting = next((offer for offer in found if offer.step.awaited), None)
    title = waits_for(BUDGET, budget, waiting.step, request.today) if waiting else budget.get_state_display()
    return NextBox(title, waiting.why if waiting else "", "wait", "hourglass-split", why_sent_back(budget))


def why_sent_back(budget: Budget) -> str:
    """What management wrote when it sent the version back; nothing once it has gone on."""
    if budget.state not in (State.DRAFT, State.RETURNED):
        return ""
    returned = Entry.objects.of(BUDGET.kind, budget.pk).filter(verb__in=("send-back", "return-plan"))
    found = returned.order_by("-position").first()
    return found.comment if found else ""


def _fits(offer: Offer, budget: Budget) -> bool:
    """Whether a step makes sense for this version at all."""
    if not offer.step.main:
        return False
    if offer.step.name == "put-in-force":
        return budget.kind == Budget.Kind.AMENDMENT and class_of(budget) in SMALL
    if offer.step.name == "endorse":
        return needs_two(budget)
    if offer.step.name == "approve" and budget.state == State.PROPOSED:
        return not needs_two(budget)
    return True


def _own_answer(budget: Budget, request: Request) -> Confirmation | None:
    """The confirmation the person's own department still owes."""
    if budget.state != State.SHARED or not request.actor.headed_ids:
        return None
    found = Confirmation.objects.filter(budget=budget, department__in=request.actor.headed_ids, state="awaiting")
    return found.select_related("department", "budget__cycle").order_by("due", "pk").first()


def _answer_box(answer: Confirmation) -> NextBox:
    title = _("Confirm the lines of your department")
    text = _("Look at every line, then confirm them or contest single ones.")
    button = Button(_("Look at the lines"), answer.get_absolute_url(), is_primary=True)
    return NextBox(title, text, buttons=[button])


def _mine(budget: Budget, mine: list[Offer], refused: list[Offer]) -> NextBox:
    """What this person can do; beside it what a colleague can do instead, with who that is."""
    first = _first_of(mine)
    buttons = [_button(offer, is_first=offer is first) for offer in [*mine, *refused]]
    title, text, quote = str(first.step.label), first.step.says if first.is_possible else "", why_sent_back(budget)
    if budget.state == State.SHARED and not first.is_possible:
        title, text, buttons = _to_settle(budget, title, buttons)
    tone, icon = ("back", "arrow-return-left") if quote else ("", "arrow-right")
    return NextBox(title, text, tone, icon, quote, first.missing, buttons)


def _first_of(mine: list[Offer]) -> Offer:
    """The step that is possible and awaited, else the first that is awaited, else the first."""
    awaited = [offer for offer in mine if offer.step.awaited]
    return next((offer for offer in awaited if offer.is_possible), awaited[0] if awaited else mine[0])


def _button(offer: Offer, *, is_first: bool) -> Button:
    return Button(
        offer.step.label,
        offer.url,
        is_primary=is_first and offer.is_possible,
        is_disabled=not offer.is_possible,
        why="" if is_first else offer.why,
    )


def _to_settle(budget: Budget, title: str, buttons: list[Button]) -> tuple[str, str, list[Button]]:
    """While departments contest or have not answered, that is what there is to do."""
    open_contests = Contest.objects.filter(confirmation__budget=budget, settled=Contest.Settled.OPEN)
    lines = list(open_contests.order_by("line__category", "line__number").values_list("line__number", flat=True)[:1])
    counted = Confirmation.objects.filter(budget=budget).aggregate(
        awaiting=Count("pk", filter=Q(state="awaiting")), all=Count("pk")
    )
    text = ngettext(
        "%(count)s of %(all)s departments has not answered.",
        "%(count)s of %(all)s departments have not answered.",
        counted["awaiting"],
    ) % {"count": counted["awaiting"], "all": counted["all"]}
    if not lines:
        return _("Waits for the departments, then propose the budget"), text, buttons
    count = open_contests.count()
    title = ngettext(
        "Settle %(count)s contested line, then propose the budget",
        "Settle %(count)s contested lines, then propose the budget",
        count,
    ) % {"count": count}
    url = f"{reverse('budget', args=[budget.cycle.year, budget.number])}?state=contested&line={lines[0]}"
    return (
        title,
        text if counted["awaiting"] else "",
        [Button(_("Next contested line"), url, is_primary=True), *buttons],
    )


def _finished(budget: Budget, request: Request) -> NextBox:
    state = budget.get_state_display()
    if budget.state == State.SUPERSEDED:
        return NextBox(_("Superseded by a newer version"), "", "done", "check-lg")
    may_amend, other = may_in(request, budget.cycle, Can.AMEND_BUDGET), made_now(budget.cycle_id)
    if other is not None and (may_amend or is_seen(request, other)):
        until = _("This version stays in force until that one is decided.")
        text, ways = sentences([begun_by_whom(other), until]), ways_into(request, other)
        return NextBox(_("In force"), text, "done", "check-lg", buttons=ways)
    amend = reverse("budget-amend", args=[budget.cycle.year, budget.number])
    buttons = [Button(_("Amend the budget"), amend)] if may_amend else []
    return NextBox(_("In force: %(state)s") % {"state": state}, "", "done", "check-lg", buttons=buttons)
