"""Addresses of notices and mails."""

from django.urls import path

from sop_portal.foundation.notices import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.read_all, name="notices-read"),
    path("<int:pk>/", views.follow, name="notice"),
    path("mails/", views.mails, name="mails"),
    path("mails/<int:pk>/again/", views.send_again, name="mail-again"),
]
