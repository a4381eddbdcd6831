"""Every sheet of the workbook, in the order in which they are brought in: each may speak of those before it."""

from sop_portal.workbook.sheet import Sheet
from sop_portal.workbook.sheets.departments import DepartmentsSheet
from sop_portal.workbook.sheets.expenses import ExpensesSheet
from sop_portal.workbook.sheets.figures import FiguresSheet
from sop_portal.workbook.sheets.forecast import ForecastSheet
from sop_portal.workbook.sheets.funds import FundsSheet
from sop_portal.workbook.sheets.people import PeopleSheet
from sop_portal.workbook.sheets.plan import PlanSheet
from sop_portal.workbook.sheets.pools import PoolsSheet
from sop_portal.workbook.sheets.projects import ProjectsSheet
from sop_portal.workbook.sheets.request import RequestLinesSheet

SHEETS: tuple[Sheet, ...] = (
    DepartmentsSheet(),
    PeopleSheet(),
    PoolsSheet(),
    FundsSheet(),
    ProjectsSheet(),
    PlanSheet(),
    ExpensesSheet(),
    FiguresSheet(),
)

# What goes out filled in from its own page, and comes back: no part of the template or of an exported year.
WORKING_SHEETS: tuple[Sheet, ...] = (ForecastSheet(), RequestLinesSheet())
ALL_SHEETS = (*SHEETS, *WORKING_SHEETS)


def sheet_of(key: str) -> Sheet:
    """The sheet of a key."""
    return next(sheet for sheet in ALL_SHEETS if sheet.key == key)
