"""Stage 3: what may happen to a budget and to a department's confirmation, on one screen."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Budget, Category, Confirmation
from budgets.drafting.readiness import (
    missing_to_answer,
    missing_to_approve,
    missing_to_ask,
    missing_to_endorse,
    missing_to_propose,
    missing_to_put_in_force,
    missing_to_share,
    missing_to_supersede,
)
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Step, Workflow

S = Budget.State
C = Confirmation.State

BUDGET = Workflow(
    kind="budget",
    created=_("began this version"),
    label=_("Budget"),
    states=S,
    initial=S.DRAFT,
    closed=frozenset({S.APPROVED, S.SUPERSEDED}),
    tones={
        S.DRAFT: "draft", S.SHARED: "sent", S.PROPOSED: "sent", S.ENDORSED: "review", S.APPROVED: "ok",
        S.SUPERSEDED: "shut",
    },
    editable=frozenset({S.DRAFT, S.SHARED}),
    fields={
        "q1": _("first quarter"), "q2": _("second quarter"), "q3": _("third quarter"), "q4": _("fourth quarter"),
        "category": _("category"), "fund": _("funding source"), "computation": _("how it is computed"),
        "is_refused": _("not budgeted"), "refusal": _("why it is not budgeted"), "line": _("line"),
    },
    values={"category": dict(Category.choices), "is_refused": {"True": _("yes"), "False": _("no")}},
    steps=(
        Step(
            "share", _("Share with departments"), [S.DRAFT], S.SHARED, by=Can.COMPILE_BUDGET,
            done=_("%(person)s shared the budget with the departments"), stamps="shared", authors=True,
            missing=missing_to_share,
            says=_("Every department with lines confirms or contests them."),
        ),
        Step(
            "propose", _("Propose budget"), [S.SHARED], S.PROPOSED, by=Can.COMPILE_BUDGET,
            done=_("%(person)s proposed the budget"), stamps="proposed", authors=True,
            missing=missing_to_propose,
            says=_("Management decides next."),
        ),
        Step(
            "endorse", _("Approve first of two"), [S.PROPOSED], S.ENDORSED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s approved the budget as the first of two"), stamps="endorsed", four_eyes=True,
            authors=True, awaited=False, missing=missing_to_endorse,
            says=_("The sum is above the limit, so a second manager approves after you."),
        ),
        Step(
            "approve", _("Approve budget"), [S.PROPOSED, S.ENDORSED], S.APPROVED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s approved the budget"), stamps="approved", four_eyes=True,
            missing=missing_to_approve,
            says=_("This version is in force and never changes again."),
        ),
        Step(
            "put-in-force", _("Put in force"), [S.SHARED], S.APPROVED, by=Can.COMPILE_BUDGET,
            done=_("%(person)s put the amendment in force"), stamps="approved", four_eyes=True, awaited=False,
            missing=missing_to_put_in_force,
            says=_("A correction or a small transfer needs no decision by management."),
        ),
        Step(
            "send-back", _("Send back with a comment"), [S.PROPOSED, S.ENDORSED], S.DRAFT, by=Can.APPROVE_BUDGET,
            done=_("%(person)s sent the budget back"), four_eyes=True, comment=True, awaited=False,
        ),
        Step(
            "supersede", _("Supersede"), [S.APPROVED], S.SUPERSEDED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s put a newer version in force"), awaited=False, main=False,
            missing=missing_to_supersede,
            says=_("Happens when an amendment is approved."),
        ),
    ),
)  # fmt: skip


def while_redrafted() -> Q:
    """Changes of lines in a budget that is being redrafted: departments read them when it is shared again."""
    redrafted = Confirmation.objects.filter(budget__state=S.DRAFT)
    return Q(kind="confirmation", verb="edit", record_id__in=redrafted.values("pk"))


def lines_of(confirmation: Confirmation) -> list[tuple[str, int]]:
    """Whoever wrote the lines of a budget does not overrule a department that contests them."""
    return [("budget", confirmation.budget_id)]


CONFIRMATION = Workflow(
    kind="confirmation",
    created=_("asked the department to confirm"),
    label=_("Confirmation by department"),
    states=C,
    initial=C.AWAITING,
    closed=frozenset({C.CONFIRMED, C.OVERRULED}),
    tones={C.AWAITING: "review", C.CONFIRMED: "ok", C.CONTESTED: "back", C.OVERRULED: "shut"},
    editable=frozenset({C.AWAITING, C.CONTESTED}),
    fields=BUDGET.fields,
    values=BUDGET.values,
    withheld=while_redrafted,
    rests_on=lines_of,
    steps=(
        Step(
            "confirm", _("Confirm lines"), [C.AWAITING], C.CONFIRMED, by=Can.CONFIRM_LINES,
            done=_("%(person)s confirmed the budget lines"), stamps="confirmed",
            missing=missing_to_answer, says=_("You agree to every line of your department as it stands now."),
        ),
        Step(
            "contest", _("Contest lines"), [C.AWAITING], C.CONTESTED, by=Can.CONFIRM_LINES,
            done=_("%(person)s contested budget lines"), awaited=False, authors=True,
            missing=missing_to_answer,
        ),
        Step(
            "settle", _("Change the lines"), [C.CONTESTED], C.AWAITING, by=Can.COMPILE_BUDGET,
            done=_("%(person)s changed the contested lines"),
            missing=missing_to_answer,
            says=_("The department confirms the changed lines again; management can overrule it instead."),
        ),
        Step(
            "overrule", _("Overrule with a reason"), [C.CONTESTED], C.OVERRULED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s overruled the contested lines"), stamps="overruled", four_eyes=True, comment=True,
            missing=missing_to_answer, says=_("The lines stay as they are; the department reads why."),
        ),
        Step(
            "ask", _("Ask for confirmation again"), [C.CONFIRMED, C.OVERRULED], C.AWAITING, by=Can.COMPILE_BUDGET,
            done=_("%(person)s asked for confirmation again"), awaited=False, main=False, missing=missing_to_ask,
        ),
    ),
)  # fmt: skip
