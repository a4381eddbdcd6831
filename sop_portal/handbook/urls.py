"""Addresses of the handbook; the stages and the year come from the including urls."""

from django.urls import path

from sop_portal.handbook import views

urlpatterns = [
    path("", views.handbook, name="handbook"),
    path("roles/", views.roles, name="handbook-roles"),
    path("readers/", views.readers, name="handbook-readers"),
    path("acknowledge/", views.acknowledge, name="handbook-acknowledge"),
    path("edit/", views.edit, name="handbook-edit"),
    path("<slug:stage>/", views.stage, name="handbook-stage"),
]
