"""What is decided on a budget: its sum, its departments, what was overruled, what is left out, and what it replaces."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting.figures import QUARTERS, ZERO, exact
from budgets.drafting.models import Budget, BudgetLine, BudgetLines, BudgetSum, Confirmation, Contest
from budgets.drafting.previews.lines import lines_table
from budgets.drafting.queries.allocations import not_taken_in, undecided_requests
from budgets.drafting.queries.in_force import amounts_in_force, freed_since
from budgets.drafting.queries.pools import beyond_pools
from budgets.drafting.queries.sums import sum_of
from budgets.drafting.queries.versions import changed_by_people, freed_amounts, freed_lines
from budgets.drafting.workflow.budget import BUDGET, needs_two, sum_to_approve
from planning.models import Project
from sop_portal.foundation.kit.components import Answer, Tile
from sop_portal.foundation.kit.formats import NOTHING, joined, number
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.workflow.preview import LISTED, PreviewRow, PreviewTable, Reader, StepPreview, table

State = Budget.State
# What still stands on their lines is spent already.
STOPPED = (Project.State.ON_HOLD, Project.State.CANCELLED)


@BUDGET.preview("share", "propose", "endorse", "approve", "put-in-force", "send-back")
def budget(record: Budget, reader: Reader) -> StepPreview:
    """The sum and what it changes; overruled and refused lines and the gaps; every department with its answer."""
    reason = [Answer(_("Why it is amended"), "", typed=record.reason)] if record.reason else []
    changes = [_changed(record), _freed(record)]
    tables = [*changes, _overruled(record), _gaps(record), _not_budgeted(record), _departments(record)]
    shown = [part for part in tables if part.rows]
    return StepPreview(_figures(record), reason, shown, _effects(record, reader))


def _figures(record: Budget) -> list[Tile]:
    currency, amount = {"currency": record.cycle.currency}, sum_of(record)
    base = record.based_on
    answers = Confirmation.objects.filter(budget=record)
    answered = answers.filter(state__in=[Confirmation.State.CONFIRMED, Confirmation.State.OVERRULED]).count()
    figures = [
        Tile(_("Sum, %(currency)s") % currency, exact(amount)),
        Tile(_("Departments that answered"), f"{number(answered)} / {number(answers.count())}"),
    ]
    if base is None:
        return figures
    before = sum_of(base)
    version = _("version %(number)s: %(amount)s") % {"number": base.number, "amount": exact(before)}
    if closed := freed_since(base, base.lines.all()):
        version = joined([version, _("in force: %(amount)s") % {"amount": exact(before - closed)}])
    moved = Tile(_("What changes, %(currency)s") % currency, exact(sum_to_approve(record)))
    freed = sum(freed_amounts(record).values(), ZERO)
    stopped = [Tile(_("Freed by stopped projects, %(currency)s") % currency, exact(freed))] if freed else []
    return [Tile(figures[0].name, figures[0].figure, note=version), moved, *stopped, *figures[1:]]


def _changed(record: Budget) -> PreviewTable:
    """The lines of an amendment that hold another sum, or other words, than in force."""
    title = _("Lines that change")
    if record.based_on is None:
        return table(title, (), [])
    freed = freed_lines(record, record.based_on).values("pk")
    lines = _first_of(changed_by_people(record).exclude(pk__in=freed))
    return lines_table(title, lines, amounts_in_force(record, lines), {}, record)


def _freed(record: Budget) -> PreviewTable:
    """The lines that hold less than in force because their project was stopped; that is decided already."""
    lines = _first_of(freed_lines(record, record.based_on))
    return lines_table(_("Freed by stopped projects"), lines, amounts_in_force(record, lines), {}, record)


def _first_of(lines: BudgetLines) -> list[BudgetLine]:
    return list(lines.select_related("project", "budget__cycle").order_by("number")[: LISTED * 2])


def _overruled(record: Budget) -> PreviewTable:
    contests = Contest.objects.filter(confirmation__budget=record, settled=Contest.Settled.OVERRULED)
    found = contests.select_related("line__project", "line__budget__cycle", "line__department").order_by("line__number")
    rows = [
        PreviewRow(
            (
                joined([typed(contest.line.department), typed(contest.line.project)]),
                exact(contest.wanted),
                exact(contest.line.amount),
            ),
            interpolate(
                _("“%(reason)s” Overruled: “%(answer)s”"),
                {"reason": typed(contest.reason), "answer": typed(contest.answer)},
            ),
            contest.line.get_absolute_url(),
        )
        for contest in found
    ]
    return table(_("Overruled lines"), (_("Line"), _("Wanted"), _("Stays")), rows)


def _gaps(record: Budget) -> PreviewTable:
    """What is missing: allocations that are no lines yet, and departments whose requests nobody decided on."""
    lines = not_taken_in(record).select_related("project", "request__department")
    rows = [
        PreviewRow(
            (joined([typed(line.request.department), typed(line.project), line.called]), exact(line.granted_cost))
        )
        for line in lines[: LISTED * 2]
    ]
    if record.based_on_id is None:
        rows += [
            PreviewRow((typed(request.department), NOTHING), request.get_state_display(), request.get_absolute_url())
            for request in undecided_requests(record.cycle_id)
        ]
    return table(_("Not in the budget"), (_("Allocation or department"), _("Granted")), rows)


def _not_budgeted(record: Budget) -> PreviewTable:
    refused = BudgetLine.objects.filter(budget=record, is_refused=True)
    found = refused.select_related("project", "department", "budget__cycle").order_by("number")[: LISTED * 2]
    rows = [
        PreviewRow(
            (joined([typed(line.department), typed(line.project)]), exact(line.allocated)),
            typed(line.refusal),
            line.get_absolute_url(),
        )
        for line in found
    ]
    return table(_("Lines not budgeted"), (_("Line"), _("Allocated")), rows)


def _departments(record: Budget) -> PreviewTable:
    answers = {c.department_id: c for c in Confirmation.objects.filter(budget=record).select_related("budget__cycle")}
    sums = BudgetSum.objects.filter(budget=record).select_related("department").order_by("department__name")
    before = {row.department_id: _amount(row) for row in _sums_of(record.based_on)}
    freed = freed_amounts(record)
    rows = [_department(row, answers.get(row.department_id), before, freed) for row in sums]
    return table(_("Departments"), (_("Department"), _("Answer"), _("Lines"), _("Amount")), rows)


def _department(
    row: BudgetSum, answer: Confirmation | None, before: Mapping[int, Decimal], freed: Mapping[int, Decimal]
) -> PreviewRow:
    amount, old = _amount(row), before.get(row.department_id)
    state = answer.get_state_display() if answer else NOTHING
    url = "" if answer is None else answer.get_absolute_url()
    amount_before = exact(old) if old is not None and old != amount else ""
    note = ""
    if stopped := freed.get(row.department_id):
        note = _("%(amount)s freed by stopped projects") % {"amount": exact(stopped)}
    return PreviewRow((typed(row.department), state, number(row.lines), exact(amount)), note, url, amount_before)


def _sums_of(base: Budget | None) -> Iterable[BudgetSum]:
    return BudgetSum.objects.filter(budget=base) if base else ()


def _amount(row: BudgetSum) -> Decimal:
    return sum((getattr(row, quarter) for quarter in QUARTERS), ZERO)


def _effects(record: Budget, reader: Reader) -> list[StrOrPromise]:
    return [*of_pools(record), *_following(record, reader)]


def of_pools(record: Budget) -> list[StrOrPromise]:
    """The money pools of which the lines take more than there is: granted or not, that is decided with them."""
    sentence = _("Lines paid from “%(pool)s” come to %(taken)s, %(beyond)s more than it holds.")
    return [
        interpolate(sentence, {"pool": typed(pool.name), "taken": exact(taken), "beyond": exact(taken - pool.capacity)})
        for pool, taken in beyond_pools(record)
    ]


def _following(record: Budget, reader: Reader) -> list[StrOrPromise]:
    name = reader.step
    if name in ("approve", "put-in-force"):
        budgeted = record.lines.filter(is_refused=False).exclude(project__state__in=STOPPED)
        projects = budgeted.values("project_id").distinct().count()
        replaced = (
            _("Version %(number)s is superseded.") % {"number": record.based_on.number} if record.based_on else ""
        )
        sentence = ngettext(
            "%(count)s project has money to spend.", "%(count)s projects have money to spend.", projects
        )
        can_start = sentence % {"count": number(projects)}
        return [can_start, *([replaced] if replaced else [])]
    if name == "propose" and needs_two(record):
        return [_("Two managers have to approve it, because the sum is above the limit of one.")]
    if name == "send-back":
        return [_("Finance changes it; only departments whose lines change are asked again.")]
    return []
