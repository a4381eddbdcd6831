"""Re-exports: each stage defines its own models."""

from budgets.audits.models import Audit, Finding
from budgets.drafting.models import (
    Appropriation,
    BroughtRow,
    Budget,
    BudgetLine,
    BudgetSum,
    Category,
    Confirmation,
    Contest,
    Fund,
)
from budgets.spending.models import Expense, Flag, LineWarning, MeasuredYear, ReleasedGrant, SpendingException

__all__ = [
    "Appropriation",
    "Audit",
    "BroughtRow",
    "Budget",
    "BudgetLine",
    "BudgetSum",
    "Category",
    "Confirmation",
    "Contest",
    "Expense",
    "Finding",
    "Flag",
    "Fund",
    "LineWarning",
    "MeasuredYear",
    "ReleasedGrant",
    "SpendingException",
]
