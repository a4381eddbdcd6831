"""What people do with papers: bring them, attach them to a record, replace them, take them back."""

from sop_portal.foundation.papers.actions.attaching import BEFORE_TAKING_BACK, NewPaper, attach, replace, take_back
from sop_portal.foundation.papers.actions.bringing import bring, forget_waiting, forget_waiting_of, leave_waiting
from sop_portal.foundation.papers.actions.mending import mend

__all__ = [
    "BEFORE_TAKING_BACK",
    "NewPaper",
    "attach",
    "bring",
    "forget_waiting",
    "forget_waiting_of",
    "leave_waiting",
    "mend",
    "replace",
    "take_back",
]
