"""Addresses of approved lines, expenses and spending exceptions."""

from django.urls import path

from budgets.spending import exception_views, views

urlpatterns = [
    path("lines/", views.appropriations, name="appropriations"),
    path("lines/export/<slug:kind>/", views.appropriations_export, name="appropriations-export"),
    path("expenses/", views.expenses, name="expenses"),
    path("expenses/new/", views.expense_new, name="expense-new"),
    path("expenses/export/<slug:kind>/", views.expenses_export, name="expenses-export"),
    path("expenses/<int:pk>/", views.expense, name="expense"),
    path("expenses/<int:pk>/correct/", views.expense_correct, name="expense-correct"),
    path("exceptions/", exception_views.exceptions, name="exceptions"),
    path("exceptions/new/", exception_views.exception_new, name="exception-new"),
    path("exceptions/<int:pk>/", exception_views.exception, name="exception"),
    path("exceptions/<int:pk>/<slug:step>/", exception_views.exception_step, name="exception-step"),
]
