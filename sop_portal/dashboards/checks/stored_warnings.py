"""Approved lines whose kept warnings are not what their plan and their expenses come to."""

from collections.abc import Iterator
from datetime import date

from budgets.models import Appropriation, Flag, LineWarning, MeasuredYear
from budgets.spending.queries import Flags, basis_of, flags_of_lines, in_pieces, lines_to_measure, year_facts
from planning.models import Cycle

WrongWarnings = tuple[Appropriation, Flags, Flags]


def lines_with_wrong_warnings() -> Iterator[WrongWarnings]:
    """Every such line with its kept warnings and the computed ones.

    A year is looked into where what its warnings rest on is still so: month by month the sweep measures them anew.
    """
    for measured in MeasuredYear.objects.exclude(measured_on=None).select_related("cycle").order_by("pk"):
        cycle, on = measured.cycle, measured.measured_on
        if on is not None and not cycle.is_closed and measured.basis == basis_of(cycle, on):
            yield from wrong_warnings_in(cycle, on)


def wrong_warnings_in(cycle: Cycle, on: date) -> Iterator[WrongWarnings]:
    """The lines of one year, reckoned for the day on which it was measured."""
    year = year_facts(cycle, on)
    for piece in in_pieces(lines_to_measure(cycle)):
        computed, kept = flags_of_lines(piece, year), stored_flags_of(piece)
        for line in piece:
            if kept.get(line.pk, frozenset()) != computed[line.pk]:
                yield line, kept.get(line.pk, frozenset()), computed[line.pk]


def stored_flags_of(lines: list[Appropriation]) -> dict[int, Flags]:
    """The warnings kept with these lines."""
    found: dict[int, Flags] = {}
    current = LineWarning.objects.current().filter(appropriation__in=[line.pk for line in lines])
    for line, flag in current.values_list("appropriation_id", "flag"):
        found[line] = found.get(line, frozenset()) | {Flag(flag)}
    return found
