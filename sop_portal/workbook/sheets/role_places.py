"""Where a role of the people sheet belongs to: a department, a division, or the whole organisation."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from planning.projects.workflow import Wording
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import OF_A_DEPARTMENT, OF_A_DIVISION
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.list_sheet import Wrong

NEEDS_DEPARTMENT = Wording(
    "reach", _("Row %(row)s, column %(column)s: a head or lead belongs to a department. Write which one.")
)
NEEDS_NONE = Wording(
    "reach",
    _("Row %(row)s, column %(column)s: this role does not belong to a department. Leave the department blank."),
)
NEEDS_DIVISION = Wording(
    "reach", _("Row %(row)s, column %(column)s: a programme manager belongs to a division. Write which one.")
)
NO_DIVISION = Wording(
    "reach", _("Row %(row)s, column %(column)s: only programme managers belong to a division. Leave it blank.")
)
UNKNOWN_DIVISION = Wording(
    "unknown-division",
    _("Row %(row)s, column %(column)s: no department belongs to the division “%(name)s”. Write it with a department."),
)
NO_ROLE = Wording(
    "reach", _("Row %(row)s, column %(column)s is filled in without a role. Write the role, or leave it blank.")
)


def place_of_role(values: Row) -> tuple[str, str, str]:
    """A role and where it belongs to."""
    return values.get("role", ""), values.get("department", ""), values.get("division", "")


def misplaced(role: str, values: Row) -> Iterator[Wrong]:
    """Where a role stands with the wrong department or division, or without the right one."""
    if role in OF_A_DEPARTMENT and "department" not in values:
        yield Wrong("department", NEEDS_DEPARTMENT)
    if role not in OF_A_DEPARTMENT and "department" in values:
        yield Wrong("department", NEEDS_NONE)
    if role in OF_A_DIVISION and "division" not in values:
        yield Wrong("division", NEEDS_DIVISION)
    if role not in OF_A_DIVISION and "division" in values:
        yield Wrong("division", NO_DIVISION)


def settle_division(values: Row, known: Known) -> Iterator[Wrong]:
    """A division is called as the departments call it."""
    if "division" not in values:
        return
    called = known.divisions.get(same_name(values["division"]))
    if called is None:
        yield Wrong("division", UNKNOWN_DIVISION, {"name": values["division"]})
    else:
        values["division"] = called
