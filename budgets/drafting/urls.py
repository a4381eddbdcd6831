"""Addresses of the budget: its versions, lines, confirmations and funding sources."""

from django.urls import path

from budgets.drafting import views
from budgets.drafting.answer_views import confirmation, contest, settle, take_answer
from budgets.drafting.line_views import change_to_wanted, leave_out, line

BUDGET = "budget/<int:number>/"
DEPARTMENT = f"{BUDGET}departments/<slug:department>/"

urlpatterns = [
    path("budget/", views.latest, name="budget-latest"),
    path("budget/compile/", views.compile_, name="budget-compile"),
    path("budget/funds/", views.funds, name="funds"),
    path(BUDGET, views.budget, name="budget"),
    path(f"{BUDGET}line/<int:line>/", line, name="budget-line"),
    path(f"{BUDGET}line/<int:line>/leave-out/", leave_out, name="budget-line-leave-out"),
    path(f"{BUDGET}line/<int:line>/change/", change_to_wanted, name="budget-line-change"),
    path(f"{BUDGET}compare/<int:other>/", views.compare, name="budget-compare"),
    path(f"{BUDGET}amend/", views.amend, name="budget-amend"),
    path(f"{BUDGET}drop/", views.drop, name="budget-drop"),
    path(f"{BUDGET}take-in/", views.take_in, name="budget-take-in"),
    path(f"{BUDGET}export/", views.export, name="budget-export"),
    path(DEPARTMENT, confirmation, name="confirmation"),
    path(f"{DEPARTMENT}contest/", contest, name="confirmation-contest"),
    path(f"{DEPARTMENT}settle/", settle, name="confirmation-settle"),
    path(f"{DEPARTMENT}<slug:step>/", take_answer, name="confirmation-step"),
    path(f"{BUDGET}<slug:step>/", views.take, name="budget-step"),
]
