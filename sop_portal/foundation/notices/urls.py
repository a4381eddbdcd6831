"""Addresses of notices and mails."""

from django.urls import path

from sop_portal.foundation.notices import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.read_all, name="notices-read"),
    path("<key:pk>/", views.follow, name="notice"),
    path("mails/", views.mails, name="mails"),
    path("mails/<key:pk>/again/", views.send_again, name="mail-again"),
]
