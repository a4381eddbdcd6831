"""Addresses of departments; what a new one owes comes from the including urls."""

from django.urls import path

from sop_portal.people import views

urlpatterns = [
    path("", views.departments, name="departments"),
    path("new/", views.department_new, name="department-new"),
    path("add/", views.department_add, name="department-add"),
    path("<slug:slug>/", views.department, name="department"),
    path("<slug:slug>/change/", views.department_change, name="department-change"),
]
