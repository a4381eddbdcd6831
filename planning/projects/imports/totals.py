"""Rows that are sums of others, by name or by arithmetic, and a department's own row beside its projects."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from planning.projects.figures import HistoryRow, folded
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.formats import listed

LEAVE, KEEP = "leave", "keep"
ROUNDS = 3
MOST_NAMED = 10
SUM_WORDS = re.compile(
    r"(?:(?:grand |sub-?|overall )?(?:total|sum)s?|all departments|all projects|all units|everything|"
    r"(?:zwischen|gesamt|end)?summen?|gesamt|insgesamt|alle abteilungen|"
    r"(?:sous-)?totaux|ensemble|somme|tous les (?:services|départements)|"
    r"suma|todos los departamentos|subtotales|totales|totale|totaal|somma|итого|всего|कुल|योग|المجموع|الإجمالي)"
    r"(?:$|[\s:,.(–-].*)|.*[\s(–-](?:sub-?)?(?:total|gesamt|insgesamt|summe)s?\)?:?",
    re.IGNORECASE,
)
SUM_SIGNS = re.compile(
    r"合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|總\s*計|合\s*計|小\s*計|共\s*計|総\s*計|합\s*계|총\s*계|소\s*계|总\s*和|全部部门|各部门合计"
)

SUMS = Wording(
    "total",
    _("Rows that are the sum of others, or are named so: %(rows)s. They would count twice. Leave them out?"),
)
OWN_ROWS = Wording(
    "own-row",
    _(
        "Rows of a whole department beside rows of its projects for the same year: %(rows)s. "
        "They would count twice. Leave them out?"
    ),
)
SUM_LEFT_OUT = Wording("total", _("Row %(row)s, “%(text)s”, is a sum and is not read."))
LEFT_OUT = _("Leave them out.")
KEPT = _("Keep them: they are figures of their own.")
ANSWERS = (PossibleAnswer(LEAVE, LEFT_OUT), PossibleAnswer(KEEP, KEPT))


@lru_cache(maxsize=5000)
def is_named_sum(name: str) -> bool:
    """Whether a name says that the row is a sum: in English, Chinese, German, French or Spanish."""
    return bool(SUM_WORDS.fullmatch(name) or SUM_SIGNS.search(name))


def without_sums(
    rows: list[HistoryRow], named: Collection[int], questions: FileQuestions, address: Callable[[HistoryRow], str]
) -> list[HistoryRow]:
    """The rows without those that are sums of others, as far as nobody says that they are figures of their own."""
    sums = set(named) | _by_arithmetic(rows, named)
    rows = _asked(rows, sums, "total", SUMS, questions, address)
    own = {row.row_number for row in _own_rows(rows)} - sums
    return _asked(rows, own, "own-row", OWN_ROWS, questions, address)


def _asked(
    rows: list[HistoryRow],
    found: set[int],
    key: str,
    wording: Wording,
    questions: FileQuestions,
    address: Callable[[HistoryRow], str],
) -> list[HistoryRow]:
    if not found:
        return rows
    named = [row for row in rows if row.row_number in found]
    cells = tuple(AskedCell(address(row), row.project or row.department) for row in named[:CELLS_SHOWN])
    numbers = listed(f"{row.row_number} “{row.project or row.department}”" for row in named[:MOST_NAMED])
    more = f" … ({len(named)})" if len(named) > MOST_NAMED else ""
    answer = questions.ask(Question(key, wording, ANSWERS, {"rows": numbers + more}, cells))
    return rows if answer == KEEP else [row for row in rows if row.row_number not in found]


def _own_rows(rows: Iterable[HistoryRow]) -> list[HistoryRow]:
    own: dict[tuple[str, int], HistoryRow] = {}
    with_projects = set()
    for row in rows:
        key = (folded(row.department), row.year)
        if row.project:
            with_projects.add(key)
        else:
            own[key] = row
    return [row for key, row in own.items() if key in with_projects]


def _by_arithmetic(rows: Sequence[HistoryRow], named: Collection[int]) -> set[int]:
    """Rows that are in every measure what others of their year add up to; found round by round, subtotals first."""
    found: set[int] = set()
    lead = _lead(rows)
    if lead is None:
        return found
    for _round in range(ROUNDS):
        left = [row for row in rows if row.row_number not in found and row.row_number not in named]
        new = _sums_above(left, lead) | _sums_of(left, lead, _of_year) | _sums_of(left, lead, _of_department)
        if not new:
            break
        found |= new
    return found


def _lead(rows: Sequence[HistoryRow]) -> int | None:
    """The measure that most rows have: it is compared first."""
    if not rows or not rows[0].named:
        return None
    filled = [sum(row.hundredths[place] is not None for row in rows) for place in range(len(rows[0].named))]
    return filled.index(max(filled))


def _of_year(row: HistoryRow) -> Hashable:
    return row.year


def _of_department(row: HistoryRow) -> Hashable:
    return row.year, row.department


def _sums_of(rows: Sequence[HistoryRow], lead: int, group: Callable[[HistoryRow], Hashable]) -> set[int]:
    """Rows that are half of what their group adds up to: the sum of all others."""
    sums: dict[Hashable, int] = defaultdict(int)
    for row in rows:
        sums[group(row)] += row.hundredths[lead] or 0
    likely = [row for row in rows if row.hundredths[lead] and 2 * (row.hundredths[lead] or 0) == sums[group(row)]]
    if not likely:
        return set()
    members: dict[Hashable, list[HistoryRow]] = {group(row): [] for row in likely}
    for row in rows:
        if (key := group(row)) in members:
            members[key].append(row)
    return {row.row_number for row in likely if _is_sum(row, [part for part in members[group(row)] if part is not row])}


def _sums_above(rows: Sequence[HistoryRow], lead: int) -> set[int]:
    """Rows that are what the rows of their year above them, down from the last such row, add up to."""
    running: dict[int, int] = defaultdict(int)
    parts: dict[int, list[HistoryRow]] = defaultdict(list)
    found = set()
    for row in rows:
        figure = row.hundredths[lead] or 0
        if figure and figure == running[row.year] and _is_sum(row, parts[row.year]):
            found.add(row.row_number)
            running[row.year], parts[row.year] = 0, []
            continue
        running[row.year] += figure
        parts[row.year].append(row)
    return found


def _is_sum(row: HistoryRow, parts: Sequence[HistoryRow]) -> bool:
    """Whether a row is the sum of others in every measure, not by chance: of two rows in two measures, or of three."""
    if len(parts) < 2:
        return False
    agreed = 0
    for place, figure in enumerate(row.hundredths):
        total = sum(part.hundredths[place] or 0 for part in parts)
        if figure is None and not any(part.hundredths[place] for part in parts):
            continue
        if figure != total:
            return False
        agreed += bool(figure)
    return agreed >= 2 or (agreed == 1 and len(parts) >= 3)
