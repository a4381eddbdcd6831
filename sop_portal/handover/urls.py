"""Addresses of handing over."""

from django.urls import path

from sop_portal.handover.pages import department, person

urlpatterns = [
    path("set-up/people/<key:pk>/hand-over/", person.hand_over, name="hand-over"),
    path("set-up/departments/<slug:slug>/merge/", department.merge, name="department-merge"),
]
