"""Addresses of the handbook."""

from django.urls import path

from sop_portal.handbook.pages import chapters, edition, readers, versions

urlpatterns = [
    path("", chapters.handbook, name="handbook"),
    path("roles/", chapters.roles, name="handbook-roles"),
    path("readers/", readers.readers, name="handbook-readers"),
    path("acknowledge/", chapters.acknowledge, name="handbook-acknowledge"),
    path("edit/", edition.edition, name="handbook-edit"),
    path("written/", edition.written, name="handbook-written"),
    path("written/publish/", edition.publish_edition, name="handbook-publish"),
    path("written/drop/", edition.drop_written, name="handbook-drop"),
    path("versions/", versions.versions, name="handbook-versions"),
    path("versions/<key:number>/", versions.version, name="handbook-version"),
    path("book/", versions.book, name="handbook-book"),
    path("search/", versions.search, name="handbook-search"),
    path("<slug:stage>/", chapters.stage, name="handbook-stage"),
]
