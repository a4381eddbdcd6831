"""Addresses of audits and their findings."""

from django.urls import path

from budgets.audits import views

FINDING = "audits/<int:pk>/findings/<int:number>/"

urlpatterns = [
    path("audits/", views.audits, name="audits"),
    path("audits/new/", views.new, name="audit-new"),
    path("audits/<int:pk>/", views.audit, name="audit"),
    path("audits/<int:pk>/find/", views.find, name="audit-find"),
    path(FINDING, views.finding, name="finding"),
    path(f"{FINDING}<slug:step>/", views.take_finding, name="finding-step"),
    path("audits/<int:pk>/<slug:step>/", views.take_audit, name="audit-step"),
]
