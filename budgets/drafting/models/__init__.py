"""Stage 3: the budget in numbered versions, its lines, what departments say of them, and what may be spent."""

from budgets.drafting.models.appropriation import Appropriation
from budgets.drafting.models.brought import BroughtRow
from budgets.drafting.models.budget import Budget, Budgets
from budgets.drafting.models.confirmation import Confirmation, Contest
from budgets.drafting.models.fund import Fund
from budgets.drafting.models.line import BudgetLine, BudgetLines, BudgetSum, Category

__all__ = [
    "Appropriation",
    "BroughtRow",
    "Budget",
    "BudgetLine",
    "BudgetLines",
    "BudgetSum",
    "Budgets",
    "Category",
    "Confirmation",
    "Contest",
    "Fund",
]
