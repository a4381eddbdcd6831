"""Columns that hold parts of a year: one that names the part of each row, or one for each quarter or month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from planning.projects.figures import METRICS
from planning.projects.imports.cells import shown
from planning.projects.imports.columns import plain_name, suggest_mapping
from planning.projects.imports.periods.words import COLUMN_NAMES, PartOfYear, period_in
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.models import Metric
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.sheets import Table

LEAVE = "leave"
PARTS = "@"
FEW = 2

WHICH_MEASURE = Wording(
    "measure", _("Columns %(columns)s are parts of a year. Of which measure are they? They are added up.")
)
LEAVE_OUT = _("Leave these columns out.")


@dataclass(frozen=True)
class PartColumns:
    """For each measure the columns of its parts, in their order; and whether it waits for an answer."""

    of: Mapping[str, Mapping[PartOfYear, int]] = field(default_factory=dict)
    is_open: bool = False

    @property
    def places(self) -> dict[str, int]:
        """Every such column by a name of its own: the first bears that of its measure."""
        return {
            metric if number == 1 else f"{metric}{PARTS}{number}": place
            for metric, parts in self.of.items()
            for number, place in enumerate(parts.values(), start=1)
        }


def measure_of(key: str) -> str:
    """The measure that a column holds, or a part of."""
    return key.partition(PARTS)[0]


def parts_in_header(sheet: Table) -> dict[str, dict[PartOfYear, int]]:
    """Columns that name a part of a year, by what else they name: a measure, or nothing."""
    found: dict[tuple[str, int], dict[PartOfYear, int]] = {}
    for place, name in enumerate(_names(sheet)):
        if (said := period_in(name)) is None:
            continue
        period, rest = said
        rest = rest.strip(" ()（）,:–-")
        measure = next((key for key in suggest_mapping([rest]) if key in METRICS), "") if rest else ""
        if measure or not rest:
            found.setdefault((measure, period.of), {}).setdefault(period, place)
    several = {key: parts for key, parts in found.items() if len(parts) > 1}
    finest = {measure: max(of for other, of in several if other == measure) for measure, _of in several}
    return {measure: dict(sorted(several[measure, of].items())) for measure, of in finest.items()}


def _names(sheet: Table) -> Sequence[str]:
    """The names of the columns; where the row above them names parts of a year, with those."""
    over, names, last = sheet.context.over, [], ""
    if sum(period_in(name) is not None for name in over) < 2:
        return sheet.header
    for place, name in enumerate(sheet.header):
        last = (over[place] if place < len(over) else "") or last
        names.append(name if period_in(name) or not period_in(last) else f"{last} {name}")
    return names


def with_parts_below(sheet: Table) -> Table:
    """The table, where the row under its names holds nothing but parts of a year with these in the names."""
    below = {place: text for place, cell in enumerate(sheet.rows[0] if sheet.rows else ()) if (text := shown(cell))}
    periods = [period_in(text) for text in below.values()]
    if len(below) < FEW or any(said is None or said[1] for said in periods):
        return sheet
    names, last = [], ""
    for place, name in enumerate(sheet.header):
        last = name or last
        names.append(f"{last} {below[place]}" if place in below else name)
    context = sheet.context
    context = replace(
        context,
        headers=(*context.headers, tuple(below.get(place, "") for place in range(len(names)))),
        hidden_rows=frozenset(row - 1 for row in context.hidden_rows if row > 0),
        merged=tuple((top - 1, left, bottom - 1, right) for top, left, bottom, right in context.merged if top > 0),
        shown=tuple(replace(one, runs=tuple((at - 1, to - 1) for at, to in one.runs)) for one in context.shown),
    )
    return replace(sheet, header=names, rows=sheet.rows[1:], first_row=sheet.first_row + 1, context=context)


def part_columns(sheet: Table, mapping: Mapping[str, int], questions: FileQuestions) -> PartColumns:
    """The columns of parts of measures for which no column of the whole year was chosen."""
    found = parts_in_header(sheet)
    free = {
        measure: parts
        for measure, parts in found.items()
        if mapping.get(measure) in (None, *parts.values()) and measure
    }
    unnamed = {part: place for part, place in found.get("", {}).items() if place not in mapping.values()}
    if not unnamed:
        return PartColumns(free)
    letters = [sheet.letters(place) for place in unnamed.values()]
    taken = {*free, *mapping}
    answers = [PossibleAnswer(metric.value, metric.label) for metric in Metric if metric not in taken]
    cells = [AskedCell(sheet.address(sheet.first_row - 1, place), sheet.header[place]) for place in unnamed.values()]
    answers.append(PossibleAnswer(LEAVE, LEAVE_OUT))
    columns = {"columns": f"{letters[0]}–{letters[-1]}"}
    question = Question("measure", WHICH_MEASURE, tuple(answers), columns, tuple(cells[:CELLS_SHOWN]))
    answer = questions.ask(question)
    return PartColumns(free | ({answer: unnamed} if answer and answer != LEAVE else {}), answer is None)


def period_column(sheet: Table, mapping: Mapping[str, int]) -> tuple[int, int] | None:
    """The column that says which part of a year each row is, and how many parts a year has there where it says so."""
    for place, name in enumerate(sheet.header):
        if place not in mapping.values():
            for of, names in COLUMN_NAMES.items():
                if plain_name(name) in names:
                    return place, of
    return None


def columns_of_parts(sheet: Table, mapping: Mapping[str, int], questions: FileQuestions) -> dict[str, int]:
    """The columns that are read because they name parts of years, each by a name of its own."""
    asking = FileQuestions(questions.answers)
    places = part_columns(sheet, mapping, asking).places
    named = period_column(sheet, {**mapping, **places})
    waiting = parts_in_header(sheet).get("", {}) if asking.open else {}
    asked = {f"part{PARTS}{part}": place for part, place in waiting.items()}
    return places | asked | ({"period": named[0]} if named else {})
