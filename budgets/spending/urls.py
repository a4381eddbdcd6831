"""Addresses of approved lines, expenses and spending exceptions."""

from django.urls import path

from budgets.spending.pages.exceptions import exception, exception_new, exception_step, exceptions
from budgets.spending.pages.expense import expense, expense_correct, expense_new
from budgets.spending.pages.expenses import expenses, expenses_export
from budgets.spending.pages.lines import appropriations, appropriations_export

urlpatterns = [
    path("lines/", appropriations, name="appropriations"),
    path("lines/export/<slug:kind>/", appropriations_export, name="appropriations-export"),
    path("expenses/", expenses, name="expenses"),
    path("expenses/new/", expense_new, name="expense-new"),
    path("expenses/export/<slug:kind>/", expenses_export, name="expenses-export"),
    path("expenses/<key:pk>/", expense, name="expense"),
    path("expenses/<key:pk>/correct/", expense_correct, name="expense-correct"),
    path("exceptions/", exceptions, name="exceptions"),
    path("exceptions/new/", exception_new, name="exception-new"),
    path("exceptions/<key:pk>/", exception, name="exception"),
    path("exceptions/<key:pk>/<slug:step>/", exception_step, name="exception-step"),
]
