"""Early warnings of approved lines: kept with every act that changes a line, and worked out anew each month.

They are told by the sweep (`telling.py`): within a minute, one mail for all that came up meanwhile, and nothing of what
was put right at once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from budgets.drafting.models import Appropriation
from budgets.spending.models import Flag, LineWarning, MeasuredYear
from budgets.spending.queries import AT_ONCE, Flags, basis_of, flags_of_lines, lines_to_measure, year_facts
from planning.models import Cycle, Project
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.workflow.years import hold_year

COLUMNS = ("cycle", "department", "appropriation", "flag", "raised_at")


def store_warnings(
    cycle: Cycle, lines: QuerySet[Appropriation], *, at: datetime, project: Project | None = None
) -> None:
    """Bring the warnings of lines up to date that an act changes, in its transaction and before its trail entry.

    A project that is not saved yet is passed in. Where the year was not measured for this month and plan yet, the
    next sweep measures all its lines.
    """
    held = list(lines.select_for_update(of=("self",), no_key=True).select_related("line", "project").order_by("pk"))
    for line in held:
        line.project = project or line.project
    basis = basis_of(cycle, cycle.day(at))
    if MeasuredYear.objects.filter(Q(basis=basis) | Q(measuring=basis), cycle_id=cycle.pk).exists():
        _store(cycle, held, at)


def measure_year(cycle: Cycle, *, at: datetime) -> bool:
    """Work out the warnings of all lines of a year, where month or plan changed; whether there was anything to do.

    Some thousand lines are locked at a time. Whoever changes a line meanwhile keeps it up to date: either the act
    locked the line first, then its expense is seen here; or it waits, then it finds the year being measured.
    """
    basis = basis_of(cycle, cycle.day(at))
    if not _begin(cycle, basis):
        return False
    last = 0
    while last := _measure_piece(cycle, last, at):
        pass
    return _finish(cycle, basis, at)


@transaction.atomic
def _begin(cycle: Cycle, basis: str) -> bool:
    if not is_open(cycle):
        return False
    measured, _made = MeasuredYear.objects.get_or_create(cycle_id=cycle.pk)
    begun = MeasuredYear.objects.filter(pk=measured.pk).exclude(basis=basis)
    return bool(begun.update(measuring=basis))


@transaction.atomic
def _finish(cycle: Cycle, basis: str, at: datetime) -> bool:
    """What was measured holds now, unless another month or plan began meanwhile."""
    done = MeasuredYear.objects.filter(cycle_id=cycle.pk, measuring=basis)
    return is_open(cycle) and bool(done.update(basis=basis, measuring="", measured_on=cycle.day(at)))


@transaction.atomic
def _measure_piece(cycle: Cycle, after: int, at: datetime) -> int:
    """The next lines after one; the key of the last of them, nothing where there are none left."""
    if not is_open(cycle):
        return 0
    held = Appropriation.objects.filter(cycle_id=cycle.pk, pk__gt=after).order_by("pk")
    keys = list(held.select_for_update(no_key=True).values_list("pk", flat=True)[:AT_ONCE])
    _store(cycle, list(lines_to_measure(cycle).filter(pk__in=keys)), at)
    return keys[-1] if keys else 0


def is_open(cycle: Cycle) -> bool:
    """Whether the year is open, kept from being closed until this transaction ends."""
    hold_year("cycle", cycle)
    return Cycle.objects.filter(pk=cycle.pk, state=Cycle.State.PUBLISHED).exists()


def _store(cycle: Cycle, lines: Sequence[Appropriation], at: datetime) -> None:
    """Raise what is new of locked lines, end what went away."""
    on: date = cycle.day(at)
    found = flags_of_lines(lines, year_facts(cycle, on))
    current: dict[int, dict[str, int]] = {}
    known = LineWarning.objects.current().filter(appropriation__in=[line.pk for line in lines])
    for pk, line, flag in known.values_list("pk", "appropriation_id", "flag"):
        current.setdefault(line, {})[flag] = pk
    _end(found, current, at)
    new = (
        (cycle.pk, line.department_id, line.pk, flag.value, at)
        for line in lines
        for flag in Flag
        if flag in found[line.pk] and flag not in current.get(line.pk, {})
    )
    insert_rows(LineWarning, COLUMNS, new, unless_there=True)


def _end(found: Mapping[int, Flags], current: Mapping[int, Mapping[str, int]], at: datetime) -> None:
    gone = [pk for line, flags in current.items() for flag, pk in flags.items() if flag not in found[line]]
    if gone:
        LineWarning.objects.filter(pk__in=gone).update(ended_at=at)
