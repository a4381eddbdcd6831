"""Stage 3: what may happen to a budget and to a department's confirmation."""

from budgets.drafting.workflow.budget import BUDGET
from budgets.drafting.workflow.confirmation import CONFIRMATION

__all__ = ["BUDGET", "CONFIRMATION"]
