"""Addresses of handing over."""

from django.urls import path

from sop_portal.handover import views

urlpatterns = [
    path("set-up/people/<int:pk>/hand-over/", views.hand_over, name="hand-over"),
    path("set-up/departments/<slug:slug>/merge/", views.merge, name="department-merge"),
]
