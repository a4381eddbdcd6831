"""Addresses of notices and mails."""

from django.urls import path

from sop_portal.foundation.notices.pages import inbox, mails

urlpatterns = [
    path("", inbox.notices, name="notices"),
    path("read/", inbox.read_all, name="notices-read"),
    path("<key:pk>/", inbox.follow, name="notice"),
    path("mails/", mails.mails, name="mails"),
    path("mails/<key:pk>/again/", mails.send_again, name="mail-again"),
]
