"""What may happen to a department's confirmation of its lines, and what is still missing before it moves on."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Budget, Confirmation
from budgets.drafting.workflow.budget import BUDGET, last_day_of
from sop_portal.foundation.kit.formats import day_of_year, joined
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.places import LINES, PARTS, part_of
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, Workflow

State = Confirmation.State
ANSWERED = ("confirm", "overrule", "pass-over")


def missing_to_ask(confirmation: Confirmation, at: datetime) -> list[Missing]:
    """A department is asked again only when its lines changed since it answered."""
    if changed_since_answered(confirmation):
        return []
    return [Missing(gettext("The lines have not changed since the department answered."))]


def changed_since_answered(confirmation: Confirmation) -> bool:
    """Whether the lines are another version than the one the last answer was given to."""
    entries = Entry.objects.of("confirmation", confirmation.pk).filter(verb__in=ANSWERED)
    last = entries.values_list("version", flat=True).first()
    return last is None or confirmation.version > last


def missing_to_answer(confirmation: Confirmation, at: datetime) -> list[Missing]:
    """Departments answer, and their contests are settled, while the budget is shared."""
    if confirmation.budget.state == Budget.State.SHARED:
        return []
    return [Missing(gettext("The budget is not shared with the departments now."))]


def missing_to_pass_over(confirmation: Confirmation, at: datetime) -> list[Missing]:
    """A department is passed over once its day has gone by without an answer."""
    missing = missing_to_answer(confirmation, at)
    until = last_day_of(confirmation, confirmation.budget.cycle)
    if confirmation.budget.cycle.day(at) <= until:
        day = day_of_year(until)
        missing.append(Missing(gettext("The department has until %(day)s to answer.") % {"day": day}))
    return missing


def redrafted() -> QuerySet[Confirmation]:
    """Confirmations of a budget that is being redrafted: departments read what is done when it is shared again."""
    return Confirmation.objects.filter(budget__state=Budget.State.DRAFT)


def while_redrafted() -> Q:
    """Changes of lines in a budget that is being redrafted."""
    return Q(kind="confirmation", verb="edit", record_id__in=redrafted().values("pk"))


def budget_of(confirmation: Confirmation) -> list[tuple[str, int]]:
    """The budget a confirmation rests on: whoever wrote its lines does not overrule a department that contests them."""
    return [("budget", confirmation.budget_id)]


def lines_called(record: Confirmation) -> dict[str, str]:
    """What a department's lines are called, for the papers behind one that is contested."""
    lines = record.budget.lines.filter(department_id=record.department_id).select_related("project").order_by("number")
    return {part_of(line): joined([line.project, line.get_category_display()]) for line in lines}


PARTS["confirmation"] = lines_called
LINES["confirmation"] = lambda record: record.budget.lines
CONTESTS = (SealedRows("budgets_contest", "confirmation"),)
CONFIRMATION = Workflow(
    kind="confirmation",
    model=Confirmation,
    keeps_open=frozenset(),
    year="budget__cycle",
    created=_("asked the department to confirm"),
    label=_("Confirmation by department"),
    states=State,
    initial=State.AWAITING,
    closed=frozenset({State.CONFIRMED, State.OVERRULED}),
    tones={State.AWAITING: "review", State.CONFIRMED: "ok", State.CONTESTED: "back", State.OVERRULED: "shut"},
    editable=frozenset({State.AWAITING, State.CONTESTED}),
    fields=BUDGET.fields,
    values=BUDGET.values,
    withheld=while_redrafted,
    withheld_while=redrafted,
    rests_on=budget_of,
    # The version counts changes of lines, also of a budget that was sent back and asks nobody yet.
    still_moves=frozenset({"version"}),
    sealed_with=CONTESTS,
    kept_with=CONTESTS,
    steps=(
        Step(
            "confirm", _("Confirm lines"), [State.AWAITING], State.CONFIRMED, by=Can.CONFIRM_LINES,
            done=_("%(person)s confirmed the budget lines"), stamps="confirmed",
            missing=missing_to_answer, says=_("You agree to every line of your department as it stands now."),
            task=_("Confirm the %(year)s budget lines of %(department)s"),
        ),
        Step(
            "contest", _("Contest lines"), [State.AWAITING], State.CONTESTED, by=Can.CONFIRM_LINES,
            done=_("%(person)s contested budget lines"), awaited=False, authors=True,
            missing=missing_to_answer,
        ),
        Step(
            "settle", _("Change the lines"), [State.CONTESTED], State.AWAITING, by=Can.COMPILE_BUDGET,
            done=_("%(person)s changed the contested lines"),
            missing=missing_to_answer,
            says=_("The department confirms the changed lines again; management can overrule it instead."),
            task=_("Change the %(year)s budget lines that %(department)s contested"),
        ),
        Step(
            "overrule", _("Overrule with a reason"), [State.CONTESTED], State.OVERRULED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s overruled the contested lines"), stamps="overruled", four_eyes=True, comment=True,
            missing=missing_to_answer, says=_("The lines stay as they are; the department reads why."),
        ),
        Step(
            "pass-over", _("Go on without an answer"), [State.AWAITING], State.OVERRULED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s went on without an answer of the department"), stamps="overruled", four_eyes=True,
            comment=True, awaited=False, missing=missing_to_pass_over,
            says=_("The lines stay as they are, though the department did not answer in time; it reads why."),
        ),
        Step(
            "ask", _("Ask for confirmation again"), [State.CONFIRMED, State.OVERRULED], State.AWAITING,
            by=Can.COMPILE_BUDGET, done=_("%(person)s asked for confirmation again"), awaited=False, main=False,
            missing=missing_to_ask,
        ),
    ),
)  # fmt: skip
