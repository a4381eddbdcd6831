"""Forms of spending: which rows are shown, what is posted, what is asked for."""

from budgets.spending.forms.entries import ChooseForm, CorrectForm, ExceptionForm, ExpenseForm, PostForm
from budgets.spending.forms.fields import MonthField
from budgets.spending.forms.narrowing import ExceptionFilter, ExpenseFilter, LineFilter, ScopeFilter

__all__ = [
    "ChooseForm",
    "CorrectForm",
    "ExceptionFilter",
    "ExceptionForm",
    "ExpenseFilter",
    "ExpenseForm",
    "LineFilter",
    "MonthField",
    "PostForm",
    "ScopeFilter",
]
