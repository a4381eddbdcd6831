"""The libraries' real figures, year by year, and the made-up split of each library into projects.

A library reports how many programmes it held in a year, not which. Each library's figure is shared out over its
projects by fixed parts that are made up; the parts always add up to the real figure. Blank stays blank.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import cache
from pathlib import Path

from planning.models import Project
from planning.projects.figures import HistoryRow
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.chinese import said

FILE = Path(__file__).parent / "data" / "connecticut_libraries_1996_2012.csv"
FIRST_YEAR, LAST_YEAR = 1996, 2012
CENT = Decimal("0.01")

# Hours are not in the file: one part in twenty of the wages, at 28 dollars an hour, is taken for programme work.
WAGES_FOR_PROGRAMMES, DOLLARS_AN_HOUR = Decimal("0.05"), Decimal(28)
# Of what is neither wages nor materials, a part pays for programmes: rooms, performers, travel.
REST_FOR_PROGRAMMES = Decimal("0.6")
# The rest of the materials stands on the shelves.
MATERIALS_FOR_PROGRAMMES = Decimal("0.4")


@dataclass(frozen=True)
class ProjectKind:
    """One kind of project every library may have: its name, its purpose, how large, and how many months it runs.

    Last year ran for `lasted` months only, so that a year of reports does not take minutes to make.
    """

    name: str
    purpose: str
    part: int
    months: int
    lasted: int
    importance: int = 3


PROJECT_KINDS = (
    ProjectKind("Story hours", "Children from two to six hear stories, sing and take a book home.", 42, 10, 4, 5),
    ProjectKind("Summer reading", "Nobody forgets how to read over the summer.", 24, 2, 2, 4),
    ProjectKind("Job-seeker clinics", "Help with applications, one hour a person, no questions asked.", 14, 8, 2, 4),
    ProjectKind("Makerspace", "Tools, a 3D printer and somebody who knows them, two evenings a week.", 12, 6, 2),
    ProjectKind("Home delivery", "Books for those who can no longer come.", 8, 12, 3),
)
FIVE_PROJECTS, FOUR_PROJECTS = ("Ansonia Library",), ("Avon", "Bristol")

Figures = dict[str, Decimal | None]


def kinds_of(library: Library) -> Sequence[ProjectKind]:
    """Which projects a library runs: five in Ansonia, four in two large ones, else three."""
    if library.name in FIVE_PROJECTS:
        return PROJECT_KINDS
    if library.name in FOUR_PROJECTS:
        return (*PROJECT_KINDS[:2], *PROJECT_KINDS[3:])
    return (*PROJECT_KINDS[:2], PROJECT_KINDS[4])


def kind_of(project: Project) -> ProjectKind:
    """Which kind of project one of the portal is, by its name."""
    return next(kind for kind in PROJECT_KINDS if said(kind.name) == project.name)


@cache
def rows_of_the_file() -> dict[tuple[str, int], dict[str, str]]:
    """Every row of the file by library and year; some names carry blanks behind them."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {(row["library"].strip(), int(row["year"])): row for row in csv.DictReader(stream)}


def figures_of(library: Library, year: int) -> dict[str, Figures]:
    """What each project of a library did in a year of the file, by project name."""
    row = rows_of_the_file().get((library.in_file, year))
    kinds = kinds_of(library)
    if row is None:
        return {}
    wages, materials, spent = (_figure(row[name]) for name in ("wages_exp", "materials_exp", "opex"))
    rest = spent - wages - materials if None not in (spent, wages, materials) else None  # type: ignore[operator]
    shared = {
        "activities": split(_figure(row["programs"]), kinds, Decimal(1)),
        "participants": split(_figure(row["attendance"]), kinds, Decimal(1)),
        "people": split(_part(wages, WAGES_FOR_PROGRAMMES / DOLLARS_AN_HOUR), kinds, Decimal(1)),
        "materials": split(_part(materials, MATERIALS_FOR_PROGRAMMES), kinds, Decimal(1)),
        "money": split(_part(rest, REST_FOR_PROGRAMMES), kinds, Decimal(1)),
    }
    return {kind.name: {metric: parts[n] for metric, parts in shared.items()} for n, kind in enumerate(kinds)}


def _figure(text: str) -> Decimal | None:
    return Decimal(text.strip()).quantize(CENT) if text.strip() else None


def _part(figure: Decimal | None, part: Decimal) -> Decimal | None:
    return None if figure is None else (max(figure, Decimal(0)) * part).quantize(Decimal(1))


def split(figure: Decimal | None, kinds: Sequence[ProjectKind], step: Decimal) -> list[Decimal | None]:
    """A figure shared out by the projects' parts; what rounding leaves goes to the largest, so nothing is lost."""
    if figure is None:
        return [None] * len(kinds)
    whole = sum(kind.part for kind in kinds)
    parts = [(figure * kind.part / whole).quantize(step, ROUND_DOWN) for kind in kinds]
    parts[0] += figure - sum(parts)
    return list(parts)


def in_months(figure: Decimal, months: int) -> list[Decimal]:
    """A year's figure shared out over months, in whole steps that add up to it."""
    reached = [(figure * (month + 1) / months).quantize(Decimal(1)) for month in range(months)]
    reached[-1] = figure
    return [now - before for now, before in zip(reached, [Decimal(0), *reached], strict=False)]


def past_rows(last_year: int) -> list[HistoryRow]:
    """The history to import: every year of the file but its last, moved so that the last would be `last_year`."""
    moved = last_year - LAST_YEAR
    rows: list[HistoryRow] = []
    for library in LIBRARIES:
        for year in range(FIRST_YEAR, LAST_YEAR):
            for project, metrics in figures_of(library, year).items():
                rows.append(HistoryRow.of(said(library.name), said(project), year + moved, metrics, len(rows) + 2))
    return rows


def last_figures(library: Library) -> dict[str, Figures]:
    """What the library's projects did in the last year of the file: the year that the demonstration lives through."""
    return figures_of(library, LAST_YEAR)
