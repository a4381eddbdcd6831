"""How far a project is: its share of the money and of the time."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from planning.models import Project
from sop_portal.foundation.kit import formats


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Part of whole in percent; None where there is no whole."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def elapsed(starts_on: date, ends_on: date, on: date) -> Decimal:
    """How much of a period is over on a day, in percent, from 0 to 100."""
    days = (ends_on - starts_on).days + 1
    gone = min(max((on - starts_on).days, 0), days)
    return Decimal(gone) * 100 / days


def pace_of(project: Project, on: date) -> Any:
    """How much of the money and of the time is gone, while the project runs; else its state."""
    if project.state != Project.State.ACTIVE:
        return project.get_state_display()
    return _("%(spent)s, time %(time)s") % {
        "spent": formats.percent(share(project.spent, project.budgeted) or 0),
        "time": formats.percent(elapsed(project.starts_on, project.ends_on, on)),
    }
