"""Addresses of the handbook."""

from django.urls import path

from sop_portal.handbook.pages import chapters, edition, readers

urlpatterns = [
    path("", chapters.handbook, name="handbook"),
    path("roles/", chapters.roles, name="handbook-roles"),
    path("readers/", readers.readers, name="handbook-readers"),
    path("acknowledge/", chapters.acknowledge, name="handbook-acknowledge"),
    path("edit/", edition.edition, name="handbook-edit"),
    path("<slug:stage>/", chapters.stage, name="handbook-stage"),
]
