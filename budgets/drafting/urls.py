"""Addresses of the budget: its versions, lines, confirmations and funding sources."""

from django.urls import path

from budgets.drafting.pages.amendment import amend, drop
from budgets.drafting.pages.change import ask_change
from budgets.drafting.pages.compare import compare
from budgets.drafting.pages.compile import compile_budget, latest
from budgets.drafting.pages.confirmation import confirmation, confirmation_step, contest, settle
from budgets.drafting.pages.funds import fund, funds
from budgets.drafting.pages.line.page import change_to_wanted, leave_out, line
from budgets.drafting.pages.sheet.page import budget, budget_step, export
from budgets.drafting.pages.take_in import take_in

BUDGET = "budget/<number:number>/"
DEPARTMENT = f"{BUDGET}departments/<slug:department>/"

urlpatterns = [
    path("budget/", latest, name="budget-latest"),
    path("budget/compile/", compile_budget, name="budget-compile"),
    path("budget/funds/", funds, name="funds"),
    path("budget/funds/<key:pk>/", fund, name="fund"),
    path(BUDGET, budget, name="budget"),
    path(f"{BUDGET}line/<number:line>/", line, name="budget-line"),
    path(f"{BUDGET}line/<number:line>/leave-out/", leave_out, name="budget-line-leave-out"),
    path(f"{BUDGET}line/<number:line>/change/", change_to_wanted, name="budget-line-change"),
    path(f"{BUDGET}compare/<number:other>/", compare, name="budget-compare"),
    path(f"{BUDGET}amend/", amend, name="budget-amend"),
    path(f"{BUDGET}drop/", drop, name="budget-drop"),
    path(f"{BUDGET}take-in/", take_in, name="budget-take-in"),
    path(f"{BUDGET}export/", export, name="budget-export"),
    path(DEPARTMENT, confirmation, name="confirmation"),
    path(f"{DEPARTMENT}contest/", contest, name="confirmation-contest"),
    path(f"{DEPARTMENT}ask-change/", ask_change, name="budget-ask-change"),
    path(f"{DEPARTMENT}settle/", settle, name="confirmation-settle"),
    path(f"{DEPARTMENT}<slug:step>/", confirmation_step, name="confirmation-step"),
    path(f"{BUDGET}<slug:step>/", budget_step, name="budget-step"),
]
