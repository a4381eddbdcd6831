"""What may happen to a budget, and what is still missing before it moves on."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from budgets.drafting.figures import AmendmentClass, changed_sum, exact
from budgets.drafting.models import Appropriation, BroughtRow, Budget, BudgetLine, Category, Confirmation
from budgets.drafting.models.fund import GENERAL_FUND
from budgets.drafting.queries.allocations import lines_without_money, not_taken_in
from budgets.drafting.queries.sums import sum_of
from budgets.drafting.queries.versions import changed_by_people, class_of, shifts_of
from budgets.drafting.workflow.limits import broken_limits
from planning.cycles.queries import extension_of
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import able_people
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, Workflow

State = Budget.State
LISTED = 10
SMALL = (AmendmentClass.CORRECTION, AmendmentClass.SMALL_TRANSFER)


def missing_to_share(budget: Budget, at: datetime) -> list[Missing]:
    """Every allocated amount is budgeted or refused with a reason, and an amendment changes something."""
    new = not_taken_in(budget)
    missing = [
        Missing(
            interpolate(
                gettext("%(amount)s for “%(what)s” (%(project)s) is allocated but not in the budget."),
                {"amount": exact(line.granted_cost), "what": line.called, "project": line.project},
            ),
            reverse("budget-take-in", args=[budget.cycle.year, budget.number]),
        )
        for line in new.select_related("project")[:LISTED]
    ]
    missing += [
        Missing(
            gettext("Line %(line)s holds no money: enter an amount, or say why it is not budgeted.")
            % {"line": f"{line} {line.project}"},
            line.get_absolute_url(),
        )
        for line in _first_few(lines_without_money(budget))
    ]
    if budget.based_on_id and not missing and not changed_by_people(budget).exists():
        missing.append(Missing(gettext("Nothing is changed yet against the version in force.")))
    return [*missing, *broken_limits(budget)]


def _first_few(lines: QuerySet[BudgetLine]) -> Iterable[BudgetLine]:
    """The first few lines with what names them."""
    return lines.select_related("project", "budget__cycle").order_by("number")[:LISTED]


def missing_to_propose(budget: Budget, at: datetime) -> list[Missing]:
    """Every department with lines confirmed them, or management overruled it; every line keeps to its limits."""
    answered = [Confirmation.State.CONFIRMED, Confirmation.State.OVERRULED]
    found = Confirmation.objects.filter(budget=budget).exclude(state__in=answered)
    found = found.select_related("department", "budget__cycle").order_by("department__name")
    counted = found.annotate(contested=Count("contests", filter=Q(contests__settled="open")))
    unanswered = [Missing(_unanswered(one, one.contested, budget, at), one.get_absolute_url()) for one in counted]
    return [*unanswered, *broken_limits(budget)]


def last_day_of(confirmation: Confirmation, cycle: Cycle) -> date:
    """Until when a department answers: its day, or the later one it was given."""
    more = extension_of(cycle, Stage.BUDGET, confirmation.department_id)
    return max(confirmation.due, more.until_on) if more else confirmation.due


def _unanswered(confirmation: Confirmation, contested: int, budget: Budget, at: datetime) -> str:
    if confirmation.state == Confirmation.State.AWAITING:
        prefetch_related_objects([budget.cycle], "extensions")
        until = last_day_of(confirmation, budget.cycle)
        words = {"department": confirmation.department, "day": day_of_year(until)}
        sentence = gettext("%(department)s has until %(day)s to confirm its lines.")
        if until < budget.cycle.day(at):
            sentence = gettext(
                "%(department)s has not answered by %(day)s; management can go on without its answer, with a reason."
            )
        return interpolate(sentence, words)
    sentence = ngettext(
        "%(department)s contests %(count)s line; finance changes it or management overrules with a reason.",
        "%(department)s contests %(count)s lines; finance changes them or management overrules with a reason.",
        contested,
    )
    return interpolate(sentence, {"department": confirmation.department, "count": contested})


def sum_to_approve(budget: Budget) -> Decimal:
    """What approving decides on: the whole of a year's budget, of an amendment what it moves, adds or takes away."""
    return changed_sum(shifts_of(budget)) if budget.based_on_id else sum_of(budget)


def needs_two(budget: Budget) -> bool:
    """Whether what is decided on is above the limit of one manager."""
    limit = budget.cycle.second_approval_above
    return limit is not None and sum_to_approve(budget) > limit


def missing_to_approve(budget: Budget, at: datetime) -> list[Missing]:
    """Above the limit a first manager has approved; every line keeps to its limits."""
    missing = broken_limits(budget)
    if budget.state == State.PROPOSED and needs_two(budget):
        names = {"sum": exact(sum_to_approve(budget)), "limit": exact(budget.cycle.second_approval_above)}
        sentence = gettext("The sum of %(sum)s is above %(limit)s, so a first manager approves before you.")
        if budget.based_on_id:
            sentence = gettext("What changes, %(sum)s, is above %(limit)s, so a first manager approves before you.")
        missing.append(Missing(sentence % names))
        missing += _second_pair_of_eyes(budget, at)
    return missing


def _second_pair_of_eyes(budget: Budget, at: datetime) -> list[Missing]:
    """Two managers have to approve: both have to be there, and neither may have worked on the budget."""
    able = list(able_people(BUDGET, BUDGET["endorse"], budget, budget.cycle.day(at))[:2])
    if len(able) == 2:
        return []
    if not able:
        return [Missing(gettext("Nobody who may approve is left: the administrator gives two people the role."))]
    sentence = gettext(
        "Of those who may approve only %(person)s is left: the administrator gives another person the role."
    )
    return [Missing(interpolate(sentence, {"person": able[0]}))]


def missing_to_endorse(budget: Budget, at: datetime) -> list[Missing]:
    """Two managers are needed only above the limit."""
    if needs_two(budget):
        return [*broken_limits(budget), *_second_pair_of_eyes(budget, at)]
    if budget.based_on_id:
        return [Missing(gettext("What changes is within the limit of one manager: approve the amendment itself."))]
    return [Missing(gettext("The sum is within the limit of one manager: approve the budget itself."))]


def missing_to_put_in_force(budget: Budget, at: datetime) -> list[Missing]:
    """Finance puts corrections and small transfers in force itself, once the departments have confirmed them."""
    if budget.kind != Budget.Kind.AMENDMENT:
        return [Missing(gettext("The budget of the year is approved by management."))]
    if class_of(budget) not in SMALL:
        return [
            Missing(gettext("This amendment is more than a correction or a small transfer, so management approves it."))
        ]
    return missing_to_propose(budget, at)


def really_wanted(budget: Budget, awaited: Step[Budget], at: datetime) -> str:
    """A small transfer is put in force by finance, where another of finance can, and goes to management otherwise."""
    if awaited.name != "propose" or budget.kind != Budget.Kind.AMENDMENT or class_of(budget) not in SMALL:
        return ""
    others = able_people(BUDGET, BUDGET["put-in-force"], budget, budget.cycle.day(at))
    return "put-in-force" if others.exists() else ""


def missing_to_bring(budget: Budget, at: datetime) -> list[Missing]:
    """A plan that was approved elsewhere comes in with its file."""
    return [Missing(gettext("A plan that was approved elsewhere comes in with its file."), reverse("workbook"))]


def missing_to_confirm(budget: Budget, at: datetime) -> list[Missing]:
    """A plan that was approved elsewhere keeps to the limits of its funds."""
    return broken_limits(budget)


def missing_to_supersede(budget: Budget, at: datetime) -> list[Missing]:
    """Nobody takes a budget out of force: it follows from the approval of a newer one."""
    return [Missing(gettext("A version is superseded by itself, when a newer one is approved."))]


# A line of a version, what is approved of it, and a row of a file it was brought from: each is sealed by itself, for
# there are many in one budget.
LINE, APPROVED_LINE, BROUGHT_ROW = "budget-line", "appropriation", "brought-row"
keep_rows(LINE, BudgetLine)
keep_rows(BROUGHT_ROW, BroughtRow)
keep_rows(APPROVED_LINE, Appropriation, "approved", "spent")
BUDGET = Workflow(
    kind="budget",
    model=Budget,
    created=_("began this version"),
    label=_("Budget"),
    states=State,
    initial=State.DRAFT,
    closed=frozenset({State.APPROVED, State.SUPERSEDED}),
    sealed_with=(SealedRows("budgets_budgetline", "budget"), SealedRows("budgets_budgetsum", "budget")),
    tones={
        State.BROUGHT: "review", State.RETURNED: "back",
        State.DRAFT: "draft", State.SHARED: "sent", State.PROPOSED: "sent", State.ENDORSED: "review",
        State.APPROVED: "ok", State.SUPERSEDED: "shut",
    },
    editable=frozenset({State.DRAFT, State.SHARED}),
    instead=_("What is in force is changed by an amendment."),
    really_wanted=really_wanted,
    fields={
        "q1": _("first quarter"), "q2": _("second quarter"), "q3": _("third quarter"), "q4": _("fourth quarter"),
        "category": _("category"), "fund": _("funding source"), "computation": _("how it is computed"),
        "more_reason": _("why more than was allocated"), "serves_purpose": _("how it serves the purpose"),
        "is_refused": _("not budgeted"), "refusal": _("why it is not budgeted"), "line": _("line"),
        "outside_on": _("approved outside on"), "outside_by": _("approved outside by"),
        "moved": _("moved without management"),
        "name": _("name"), "purpose": _("purpose"), "is_restricted": _("restricted"),
    },
    values={
        "category": dict(Category.choices),
        "fund": {GENERAL_FUND: _("General fund")},
        "is_refused": {"True": _("yes"), "False": _("no")},
        "is_restricted": {"True": _("yes"), "False": _("no")},
    },
    steps=(
        Step(
            "share", _("Share with departments"), [State.DRAFT], State.SHARED, by=Can.COMPILE_BUDGET,
            done=_("%(person)s shared the budget with the departments"), stamps="shared", authors=True,
            missing=missing_to_share,
            says=_("Every department with lines confirms or contests them; of an amendment those whose lines change."),
            task=_("Share version %(number)s of the %(year)s budget with the departments"),
        ),
        Step(
            "propose", _("Propose budget"), [State.SHARED], State.PROPOSED, by=Can.COMPILE_BUDGET,
            done=_("%(person)s proposed the budget"), stamps="proposed", authors=True,
            missing=missing_to_propose,
            says=_("Management decides next."),
            task=_("Propose the %(year)s budget, version %(number)s"),
        ),
        Step(
            "endorse", _("Approve first of two"), [State.PROPOSED], State.ENDORSED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s approved the budget as the first of two"), stamps="endorsed", four_eyes=True,
            authors=True, awaited=False, missing=missing_to_endorse,
            says=_("The amount is above the limit, so a second manager approves after you."),
            task=_("Decide on the %(year)s budget, version %(number)s"),
        ),
        Step(
            "approve", _("Approve budget"), [State.PROPOSED, State.ENDORSED], State.APPROVED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s approved the budget"), stamps="approved", four_eyes=True,
            missing=missing_to_approve,
            says=_("This version is in force and never changes again."),
            task=_("Decide on the %(year)s budget, version %(number)s"),
        ),
        Step(
            "put-in-force", _("Put in force"), [State.SHARED], State.APPROVED, by=Can.COMPILE_BUDGET,
            done=_("%(person)s put the amendment in force"), stamps="approved", four_eyes=True, awaited=False,
            missing=missing_to_put_in_force,
            says=_("A correction or a small transfer needs no decision by management."),
        ),
        Step(
            "send-back", _("Send back with a comment"), [State.PROPOSED, State.ENDORSED], State.DRAFT,
            by=Can.APPROVE_BUDGET, done=_("%(person)s sent the budget back"), four_eyes=True, comment=True,
            awaited=False,
        ),
        Step(
            "bring", _("Bring a plan in"), [State.DRAFT], State.BROUGHT, by=Can.COMPILE_BUDGET,
            done=_("%(person)s brought the plan in"), stamps="proposed", authors=True, awaited=False, main=False,
            missing=missing_to_bring,
            says=_("Happens when a file with an approved plan is brought in."),
        ),
        Step(
            "confirm-plan", _("Confirm the plan"), [State.BROUGHT], State.APPROVED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s confirmed the plan that was brought in"), stamps="approved", four_eyes=True,
            missing=missing_to_confirm,
            says=_("You confirm that these are the lines approved outside the portal. They come into force, "
                   "and where the year has begun, its projects run."),
        ),
        Step(
            "return-plan", _("Send the plan back"), [State.BROUGHT], State.RETURNED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s sent back the plan that was brought in"), stamps="returned", four_eyes=True,
            comment=True, awaited=False, asks=_("What is not as it was approved?"),
        ),
        Step(
            "bring-again", _("Hand the plan to management again"), [State.RETURNED], State.BROUGHT,
            by=Can.COMPILE_BUDGET, done=_("%(person)s handed the plan to management again"), stamps="proposed",
            authors=True,
            says=_("Bring the corrected sheet first. A manager who did not bring it confirms it."),
            task=_("Correct the %(year)s plan that was sent back, version %(number)s"),
        ),
        Step(
            "supersede", _("Supersede"), [State.APPROVED], State.SUPERSEDED, by=Can.APPROVE_BUDGET,
            done=_("%(person)s put a newer version in force"), awaited=False, main=False,
            missing=missing_to_supersede,
            says=_("Happens when an amendment is approved."),
        ),
    ),
)  # fmt: skip
