"""Stage 3: what may happen to a budget and to a department's confirmation."""

from budgets.drafting.workflow.budget import APPROVED_LINE, BROUGHT_ROW, BUDGET, LINE
from budgets.drafting.workflow.confirmation import CONFIRMATION

__all__ = ["APPROVED_LINE", "BROUGHT_ROW", "BUDGET", "CONFIRMATION", "LINE"]
