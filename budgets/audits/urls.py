"""Addresses of audits and their findings."""

from django.urls import path

from budgets.audits.pages.audit import audit, audit_step, find
from budgets.audits.pages.finding import finding, finding_step
from budgets.audits.pages.list import audits, plan

FINDING = "audits/<key:pk>/findings/<number:number>/"

urlpatterns = [
    path("audits/", audits, name="audits"),
    path("audits/new/", plan, name="audit-new"),
    path("audits/<key:pk>/", audit, name="audit"),
    path("audits/<key:pk>/find/", find, name="audit-find"),
    path(FINDING, finding, name="finding"),
    path(f"{FINDING}<slug:step>/", finding_step, name="finding-step"),
    path("audits/<key:pk>/<slug:step>/", audit_step, name="audit-step"),
]
