"""What is decided on a budget, and on a department's lines in it."""

from budgets.drafting.previews.brought import brought_plan
from budgets.drafting.previews.budget import budget
from budgets.drafting.previews.confirmation import confirmation

__all__ = ["brought_plan", "budget", "confirmation"]
