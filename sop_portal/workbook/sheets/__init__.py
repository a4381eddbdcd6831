"""Every sheet of the workbook, in the order in which they are brought in: each may speak of those before it."""

from sop_portal.workbook.sheet import Sheet
from sop_portal.workbook.sheets.departments import DepartmentsSheet
from sop_portal.workbook.sheets.figures import FiguresSheet
from sop_portal.workbook.sheets.funds import FundsSheet
from sop_portal.workbook.sheets.people import PeopleSheet
from sop_portal.workbook.sheets.pools import PoolsSheet
from sop_portal.workbook.sheets.projects import ProjectsSheet

SHEETS: tuple[Sheet, ...] = (
    DepartmentsSheet(),
    PeopleSheet(),
    PoolsSheet(),
    FundsSheet(),
    ProjectsSheet(),
    FiguresSheet(),
)


def sheet_of(key: str) -> Sheet:
    """The sheet of a key."""
    return next(sheet for sheet in SHEETS if sheet.key == key)
